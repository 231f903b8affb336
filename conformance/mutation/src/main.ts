import { security } from './security.js'

const [what, ...words] = process.argv.slice(2)
// An interrupted run leaves no copy behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
if (what !== 'security') throw new Error(`there is no ${what}: security`)
process.exitCode = (await security(words)) ? 0 : 1
