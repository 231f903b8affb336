import { readFileSync } from 'node:fs'
import { messageTable } from './messages.mjs'

const held = readFileSync(new URL('../messages.md', import.meta.url), 'utf8')
const current = messageTable()
if (held !== current) {
  const before = new Set(held.split('\n'))
  const changed = current.split('\n').filter((line) => line.startsWith('- ') && !before.has(line))
  console.error(
    `tools/messages/messages.md is not current. New or changed:\n${changed.slice(0, 20).join('\n')}\n` +
      'Does each say what was found, what is needed and where to look? Then run `npx pnpm@10 run messages`.',
  )
  process.exitCode = 1
}
