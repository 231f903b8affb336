import { standStill } from '@tesouro-tokens/conformance/stand-still'
import { expect, test } from 'vitest'
import { doctor } from '../run.js'
import { envWith } from './mistake.js'
import { redis, saying } from './redis.js'

/** What the doctor says of a Redis with which nothing is wrong. */
async function said(url: string): Promise<string> {
  const { report } = await doctor([], { env: await envWith({ REDIS_URL: url }) })
  const check = report.checks.find(({ id }) => id === 'redis')
  expect(check).toMatchObject({ status: 'ok' })
  return check?.found ?? ''
}

test('a Redis whose user may not ask INFO is taken for a wrong one', async () => {
  const { command, port } = await redis()
  await command('ACL', 'SETUSER', 'app', 'on', '>canary', '~tesouro:*', '&tesouro:*', '+@all', '-info')
  expect(await said(`redis://app:canary@127.0.0.1:${port}`)).toMatch(
    /version unknown, as INFO is not allowed/,
  )
})

test('a Valkey is taken for a Redis of the version that it claims to be like', async () => {
  const { port } = await redis()
  const named = await saying(
    /redis_git_sha1:\w{8}\r\nredis_git_dirty:\d\r\n/,
    'server_name:valkey\r\nvalkey_version:8.0.100\r\n',
    port,
  )
  expect(await said(`redis://127.0.0.1:${named}`)).toMatch(/^Valkey 8\.0\.100; no memory limit;/)
})

test('a Redis with a limit that evicts the least used, or says no policy, is taken for a careless one', async () => {
  const { url, port } = await redis(['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'])
  expect(await said(url)).toMatch(/; allkeys-lru;/)
  const silent = await saying(/maxmemory_policy:/, 'maxmemory_hidden:', port)
  expect(await said(`redis://127.0.0.1:${silent}`)).toMatch(/^Redis [\d.]+; value, lease/)
})

test('a doctor that stood still takes its own slowness for that of Redis', async () => {
  const { port } = await redis()
  // The answer is on its way while the process does something else for longer than an operation may take.
  const blocks = (): string => {
    standStill(3_000)
    return 'redis_version:'
  }
  const between = await saying(/redis_version:/, blocks, port)
  expect(await said(`redis://127.0.0.1:${between}`)).toMatch(/; value, lease/)
})
