import { changed, score } from './score/score.js'
import { security } from './security.js'

const commands = { security, score, changed }

const [what, ...words] = process.argv.slice(2)
// An interrupted run leaves no copy behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = (await run()) ? 0 : 1

async function run(): Promise<boolean> {
  if (what === undefined) return [await security([]), await score([])].every(Boolean)
  if (what === 'security' || what === 'score' || what === 'changed') return commands[what](words)
  throw new Error(`there is no ${what}: security, score, changed`)
}
