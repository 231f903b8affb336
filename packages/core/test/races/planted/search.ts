import { toText } from '../minimised.js'
import { writeSection } from '../write-section.js'
import { faults } from './faults.js'
import { find } from './find.js'
import { type Search, toTable } from './table.js'

/** Looks for every planted fault, or those whose name has the words, and prints how each was found. */
export async function searchPlanted(options: { most: number; only: string; write: boolean }): Promise<void> {
  const { most, only, write } = options
  const searches: Search[] = []
  for (const fault of faults.filter(({ name }) => name.includes(only))) {
    const finding = await find(fault, { most })
    searches.push({ fault, finding })
    console.log(`\n${fault.name}: ${finding === undefined ? 'NOT FOUND' : `after ${finding.orders} orders`}`)
    if (finding !== undefined) console.log(toText(finding.order))
    else process.exitCode = 1
  }
  const table = toTable(searches)
  console.log(`\n${table}`)
  if (write) await writeSection('planted faults', table)
}
