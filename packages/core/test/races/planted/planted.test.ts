import { expect, it } from 'vitest'
import { bundleCore } from '../core-program.js'
import { faults, type PlantedFault } from './faults.js'
import { find } from './find.js'

/** A few faults that are found soon, with the only rule that each of them breaks. `npm run races -- planted` looks for all. */
const soon = [
  ['a logout is tried once', 'logout recorded'],
  ['no call joins an exchange that is under way', 'one exchange'],
  ['a call is told of the token that it does not want', 'rejected token'],
  ['a lease is renewed for ever', 'nothing left'],
] as const
const orders = 80

function planted(wanted: string): PlantedFault {
  const fault = faults.find(({ name }) => name === wanted)
  if (fault === undefined) throw new Error(`there is no fault of that name: ${wanted}`)
  return fault
}

it.each(soon)('a fault goes unnoticed: %s', async (name, rule) => {
  const finding = await find(planted(name), { most: orders })
  expect(finding?.order.violations.map((violation) => violation.rule)).toContain(rule)
})

it.each(soon)(
  'a fault is found without the rule that it breaks, so that the rule proves nothing: %s',
  async (name, rule) => {
    const finding = await find(planted(name), { most: orders })
    expect(await find(planted(name), { most: finding?.orders ?? 0, without: [rule] })).toBeUndefined()
  },
)

it('a fault whose place in the source is gone is planted nowhere', async () => {
  await expect(find({ name: '', before: 'no such line', after: '' }, { most: 1 })).rejects.toThrow('0 places')
})

it('a planted fault has no place in the sources, or several, or is no program', async () => {
  const broken: string[] = []
  for (const fault of faults) await bundleCore(fault).catch((error) => broken.push(`${fault.name}: ${error}`))
  expect(broken).toEqual([])
})

it('there are too few planted faults, or a threat has none', () => {
  expect(faults.length).toBeGreaterThanOrEqual(20)
  expect(new Set(faults.map(({ threat }) => threat))).toContain(31)
})
