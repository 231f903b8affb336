import { Session } from 'node:inspector/promises'
import { table } from './coverage-table.js'
import { Explorer } from './explorer.js'
import { writeSection } from './write-section.js'

/** Explores for a time, and counts by V8 which functions and lines of core ran in it. */
export async function showCoverage(options: {
  seed: number
  seconds: number
  write: boolean
}): Promise<void> {
  const session = new Session()
  session.connect()
  await session.post('Debugger.enable')
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const explorer = await Explorer.of()
  const end = performance.now() + options.seconds * 1_000
  let orders = 0
  for (let { seed } = options; performance.now() < end; seed += 1) {
    await explorer.draw(seed)
    orders += 1
  }
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const scripts = result.filter(({ url }) => /core-of-\w+\.cjs$/.test(url))
  const sources = await Promise.all(
    scripts.map(async ({ scriptId, functions }) => {
      const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId })
      return { text: scriptSource, functions }
    }),
  )
  session.disconnect()
  if (orders === 0) throw new Error('no order was explored')
  const text = table(sources)
  console.log(`${orders} orders\n\n${text}`)
  if (options.write) await writeSection('coverage of the explorer', text)
}
