import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const fixture = fileURLToPath(new URL('../fixtures/short-lived-process.mjs', import.meta.url))

describe('where a process may stop after its response', () => {
  it('no refresh is left to a background that does not exist', async () => {
    const { stdout } = await run(process.execPath, ['-C', 'workerd', fixture])
    expect(JSON.parse(stdout)).toEqual({
      // Early in the window nothing happens; late in it one call refreshes before it answers.
      early: { exchanged: 0, later: 0, old: true },
      // If that fails, the old token is served.
      failing: { exchanged: 1, later: 0, old: true },
      late: { exchanged: 1, later: 0, old: false },
      // With waitUntil there is a background again.
      withWaitUntil: { exchanged: expect.any(Number), later: expect.any(Number), old: true, handedOver: 1 },
    })
  })
})
