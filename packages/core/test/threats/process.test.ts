import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

// What core does to the process it lives in, as built: the scripts load it by its name.

const run = promisify(execFile)
const script = (name: string): string => fileURLToPath(new URL(`processes/${name}.mjs`, import.meta.url))

it('this suite ends at the first rejection that nobody handles', () => {
  expect(process.execArgv).toContain('--unhandled-rejections=strict')
})

it('whatever fails, no rejection is left behind, and after close() nothing keeps the process alive', async () => {
  // a process that is kept alive is killed after four minutes, which rejects
  const options = { timeout: 240_000 }
  const { stdout, stderr } = await run(
    process.execPath,
    ['--unhandled-rejections=strict', script('ending')],
    options,
  )
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    ended: ['aborted: AbortError', 'logout: cache_unavailable', 'unanswered: closed', 'waiting: closed'],
    sentAfterwards: 0,
  })
})

it('a cache that is down, and is probed, keeps no process alive that has nothing else to do', async () => {
  const { stdout } = await run(process.execPath, [script('idle')], { timeout: 240_000 })
  expect(JSON.parse(stdout)).toEqual(['open'])
})

it('memory stays flat over 20,000 calls for a cached token, and over 5,000 users in a cache of 500', async () => {
  const { stdout } = await run(process.execPath, ['--expose-gc', script('memory'), '20000', '5000'])
  const grown = JSON.parse(stdout) as { warm: number; many: number }
  // fifty bytes a call, and two hundred a user: less than any promise or entry that could be kept for each
  expect(grown.warm).toBeLessThan(1_000_000)
  expect(grown.many).toBeLessThan(1_000_000)
})
