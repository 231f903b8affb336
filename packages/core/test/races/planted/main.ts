import { toText } from '../minimised.js'
import { faults } from './faults.js'
import { find } from './find.js'

const [most = '400', only, first = '1'] = process.argv.slice(2)
for (const fault of faults) {
  if (only !== undefined && !fault.name.includes(only)) continue
  try {
    const finding = await find(fault, { most: Number(most), first: Number(first) })
    if (finding === undefined) console.log(`NOT FOUND: ${fault.name}`)
    else {
      const [v] = finding.order.violations
      console.log(
        `found after ${finding.orders} orders: ${fault.name} [${v?.rule}: ${v?.what}] ${finding.order.decisions.length} decisions, seed ${finding.order.seed}`,
      )
      if (only !== undefined) console.log(toText(finding.order))
    }
  } catch (error) {
    console.log(`ERROR: ${fault.name}: ${error}`)
  }
}
