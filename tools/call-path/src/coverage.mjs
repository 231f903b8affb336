import { Session } from 'node:inspector/promises'

const session = new Session()
session.connect()
await session.post('Profiler.enable')
// Counts instead of "was called once", so that what ran before does not show.
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

/**
 * Runs a call, and tells which files of a folder it went through, and how many of their functions.
 *
 * @param {string} folder URL of the folder, with a slash at its end
 * @param {() => Promise<unknown>} call
 * @returns {Promise<{ files: Map<string, string[]> }>} the functions that ran, by file
 */
export async function covered(folder, call) {
  await session.post('Profiler.takePreciseCoverage') // sets the counts back
  await call()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const files = new Map()
  for (const { url, functions } of result) {
    if (!url.startsWith(folder)) continue
    const ran = functions.filter(({ ranges }) => ranges[0].count > 0).map(({ functionName }) => functionName)
    if (ran.length > 0) files.set(url.slice(folder.length), ran)
  }
  return { files }
}
