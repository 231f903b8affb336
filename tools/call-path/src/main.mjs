// Measures what one layered hit, one layered miss and one logout go through, on core as it is built, and fails when that
// is more than it may be. `--write` puts the table into CONTRIBUTING.md, `--files` names files and functions.
import { readFileSync, writeFileSync } from 'node:fs'
import { measure } from './measure.mjs'
import { excesses, table } from './table.mjs'

const contributing = new URL('../../../CONTRIBUTING.md', import.meta.url)
const place = /(?<=<!-- call path -->\n)[\s\S]*(?=<!-- \/call path -->)/

const measured = await measure()
const lines = table(measured)
const tooMuch = excesses(measured)
console.log(lines)
for (const problem of tooMuch) console.error(problem)
if (tooMuch.length > 0) process.exitCode = 1

const text = readFileSync(contributing, 'utf8')
if (process.argv.includes('--write')) writeFileSync(contributing, text.replace(place, `\n${lines}\n\n`))
else if (text.match(place)?.[0].trim() !== lines.trim()) {
  console.error('The table in CONTRIBUTING.md is not current. Run: npm run call-path -- --write')
  process.exitCode = 1
}
if (process.argv.includes('--files')) {
  for (const [call, { files }] of Object.entries(measured)) {
    for (const [file, functions] of files) console.log(`${call}  ${file}  ${functions.join(' ')}`)
  }
}
