// What runs in a contender's process: makes the contender, and times it whenever the parent says so.
import type { ContenderModule } from './contender-process.js'
import { type Timing, timed } from './timed.js'

const [module = '', ...args] = process.argv.slice(2)
const { create }: ContenderModule = await import(module)
const call = await create(...args)

process.on('message', async (timing: Timing) => {
  process.send?.(await timed(call, timing))
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
