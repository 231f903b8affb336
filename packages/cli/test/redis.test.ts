import { startRedis } from '@tesouro-tokens/conformance/redis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { envWith } from './mistakes/mistake.js'
import { doctor } from './run.js'

test('a logout that cannot be announced is repeated after the doctor has ended', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  await redis.command('ACL', 'SETUSER', 'app', 'on', '>canary', '~tesouro:*', 'resetchannels', '+@all')
  onTestFinished(() => void vi.restoreAllMocks())
  const started = vi.spyOn(globalThis, 'setInterval')
  const stopped = vi.spyOn(globalThis, 'clearInterval')
  const { report } = await doctor([], {
    env: await envWith({ REDIS_URL: `redis://app:canary@127.0.0.1:${redis.port}` }),
  })
  expect(report.checks.find(({ id }) => id === 'redis')).toMatchObject({ status: 'fail' })
  const ended = stopped.mock.calls.map(([timer]) => timer)
  const left = started.mock.results.map(({ value }) => value).filter((timer) => !ended.includes(timer))
  expect(started.mock.calls.length).toBeGreaterThan(0)
  expect(left).toEqual([])
})
