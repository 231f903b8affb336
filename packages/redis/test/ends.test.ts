import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('fixtures/ends.mjs', import.meta.url))

describe.skipIf(redisIsMissing())('after close()', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test.each(['node-redis', 'ioredis'])('a process with %s cannot end', async (library) => {
    const ended = promisify(execFile)(process.execPath, [program, library, `${server.port}`], {
      timeout: 240_000,
    })
    await expect(ended).resolves.toEqual({ stdout: '', stderr: '' })
  })
})
