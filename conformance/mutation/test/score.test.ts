import { expect, it } from 'vitest'
import { areas } from '../src/score/areas.js'
import { scoreOf, scoreProblems } from '../src/score/score.js'
import type { Mutant } from '../src/score/stryker.js'
import { knownSurvivors, listProblems } from '../src/score/survivors.js'

const file = 'packages/core/src/lib/clock.ts'
const original = 'clock.now()'
const survivor = { file, original, replacement: '0', reason: 'the same to whoever looks' }
const killed = (count: number): Mutant[] =>
  Array.from({ length: count }, (_, line) => mutant('Killed', `${line}`))

function mutant(status: Mutant['status'], replacement = '0'): Mutant {
  return { file, line: 1, mutator: 'ArithmeticOperator', original, replacement, status }
}

it('a mutant that no test runs, or that was not tried, counts as killed', () => {
  expect(scoreOf([...killed(3), mutant('NoCoverage')])).toBe(75)
  expect(
    scoreOf([
      mutant('Killed', '1'),
      mutant('Timeout', '2'),
      mutant('RuntimeError', '3'),
      mutant('Ignored', '4'),
    ]),
  ).toBe(100)
})

it('a score below 90 % is enough, or one of 90 % is not', () => {
  const nine = [...killed(9), mutant('Survived', 'x')]
  const listed = [{ ...survivor, replacement: 'x' }]
  expect(scoreProblems('area', nine, listed)).toEqual([])
  const eight = [...killed(8), mutant('Survived', 'x')]
  expect(scoreProblems('area', eight, listed)).toEqual([expect.stringContaining('88.9 % are killed')])
})

it('a survivor that nobody has explained passes, or one that is killed stays in the list', () => {
  const living = [...killed(20), mutant('Survived', 'x')]
  expect(scoreProblems('area', living, [])).toEqual([expect.stringContaining('lives')])
  expect(scoreProblems('area', killed(20), [{ ...survivor, replacement: '1' }])).toEqual([
    expect.stringContaining('has to leave survivors.json'),
  ])
})

it('the list of survivors holds code that is gone, or an entry without a reason', () => {
  expect(listProblems(knownSurvivors())).toEqual([])
  expect(listProblems([{ ...survivor, original: 'no such code' }])).toHaveLength(1)
  expect(listProblems([{ ...survivor, file: 'no-such-file.ts' }])).toHaveLength(1)
  expect(listProblems([{ ...survivor, reason: ' ' }])).toHaveLength(1)
  expect(listProblems([survivor, survivor])).toHaveLength(1)
})

it('an area has no files, or two areas have one name', () => {
  expect(new Set(areas.map(({ name }) => name)).size).toBe(areas.length)
  expect(areas.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'crypto',
      'cache',
      'access-tokens',
      'http',
      'identity',
      'limits',
      'token-endpoint',
    ]),
  )
})
