import { randomInt } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { seesBuilds } from '../src/builds.js'
import { complaints } from '../src/complaints.js'
import type { Defence, Removal } from '../src/defence.js'
import { defences } from '../src/defences/index.js'
import type { Proof } from '../src/prove.js'
import { rowsOfSecurity } from '../src/rows.js'
import { testOf } from '../src/run-tests.js'
import { entries, proveAll } from '../src/security.js'

const rows = rowsOfSecurity()

it('a row of SECURITY.md, or a test that it links, stands for a defence that nobody can take away', () => {
  expect(rows.length).toBeGreaterThan(40)
  expect(complaints(rows, defences)).toEqual([])
})

it('a row without a removal, a link that nothing turns red, and a removal whose place is gone are accepted', () => {
  const [row] = rows
  const [first] = defences
  if (row === undefined || first === undefined) throw new Error('there are no rows')
  const others = defences.filter(({ threat }) => threat !== row.threat)
  expect(complaints(rows, others)).toEqual([`"${row.threat}" has no removal`])
  const moreLinks = [{ ...row, links: [...row.links, 'README.md'] }, ...rows.slice(1)]
  expect(complaints(moreLinks, defences)).toEqual([`"${row.threat}": nothing turns README.md red`])
  const gone: Defence = { ...first, removals: [...first.removals, { ...removal(), before: 'no such line' }] }
  expect(complaints(rows, [...defences, gone])).toEqual([expect.stringContaining('stands at 0 places')])

  function removal(): Removal {
    const [one] = first?.removals ?? []
    if (one === undefined) throw new Error('there is no removal')
    return one
  }
})

describe('drawn at random; npm run mutation -- security proves all', () => {
  const drawn = 1
  const quick = entries().filter(({ removal }) =>
    removal.redIn.every(
      (link) => /^packages\/core\/test\/(?!races|.*fresh-keys)/.test(link) && !seesBuilds(testOf(link)),
    ),
  )
  const proofs: Proof[] = []

  beforeAll(async () => {
    const wanted = Array.from({ length: drawn }, () => quick[randomInt(quick.length)] ?? [])
    proofs.push(...(await proveAll(wanted.flat(), (line) => console.log(line))))
  }, 900_000)

  it('a defence can be taken away with its linked tests green', () => {
    expect(proofs).toHaveLength(drawn)
    expect(proofs.filter(({ unproven }) => unproven.length > 0)).toEqual([])
  })

  it('a change that takes nothing away counts as a proof', async () => {
    const comment = {
      file: 'packages/core/src/lib/clock.ts',
      redIn: ['packages/core/test/lib/renewed-value.test.ts'],
    }
    const nothing = { ...comment, before: '/** A moment by both clocks. */', after: '/** A moment. */' }
    const [proof] = await proveAll([{ threat: 'none', removal: nothing }], () => {})
    expect(proof?.unproven).toEqual(['packages/core/test/lib/renewed-value.test.ts is green'])
  }, 900_000)
})
