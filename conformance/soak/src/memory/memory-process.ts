// Makes the calls in a process of its own, so that nothing but what they leave behind is on the heap.
import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import {
  createTesouroTokens,
  type TesouroTokens,
  type TokenCache,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { type RedisClient, redisTokenCache } from '@tesouro-tokens/redis'
import { createClient } from 'redis'
import { beApart } from '../apart.js'
import { countedMemory } from './counted-memory.js'

export interface MemoryInput {
  calls: number
  users: number
  maxEntries: number
  /** Where the Redis is that memory stands in front of; without, there is only memory. */
  redisUrl?: string
}

export interface MemoryRun {
  /** In bytes, after each fifth of the calls, when everything that nobody holds has been collected. */
  heaps: number[]
  entries: number
  exchanges: number
}

const parts = 5
const inFlight = 32

await beApart<MemoryInput, MemoryRun>(async ({ calls, users, maxEntries, redisUrl }, say) => {
  const client = redisUrl === undefined ? undefined : await createClient({ url: redisUrl }).connect()
  const memory = countedMemory(maxEntries, client && sealedRedis(client))
  const platform = countingPlatform()
  const tokens = openTokens(memory.cache, platform.fetch)

  const heaps: number[] = []
  let next = 0
  const callUntil = async (end: number): Promise<void> => {
    while (next < end) {
      const call = next
      next += 1
      await tokens.getUserAccessToken(userOf(call, users))
    }
  }
  for (let part = 1; part <= parts; part += 1) {
    const end = (calls / parts) * part
    await Promise.all(Array.from({ length: inFlight }, () => callUntil(end)))
    heaps.push(await heapInUse())
    say(`${client === undefined ? 'memory' : 'layered'}: ${end} calls, ${heaps.at(-1)} bytes`)
  }
  memory.hideStore()
  platform.stop()
  let entries = 0
  for (let n = 0; n < users; n += 1) {
    const sub = `user-${n}`
    const held = tokens.getUserAccessToken({ sub, email: `${sub}@bank.example` })
    entries += await held.then(
      () => 1,
      () => 0,
    )
  }
  await tokens.close()
  client?.destroy()
  return { heaps, entries, exchanges: platform.count() }
})

/** As docs/fleet.md shows it. */
function sealedRedis(client: RedisClient): TokenCache {
  return redisTokenCache({ client, keys: [randomBytes(32).toString('hex')] })
}

function openTokens(cache: TokenCache, fetch: typeof globalThis.fetch): TesouroTokens {
  return createTesouroTokens({
    baseUrl: 'http://localhost:1',
    clientId: 'a-soak',
    clientSecret: 'of-a-soak',
    subjectToken: unsecuredSubjectToken(),
    requestsPerSecond: false,
    retry: false,
    cache,
    fetch,
  })
}

/**
 * Everybody comes round within the first two calls for each user, then again more slowly, long after memory has let go
 * of them. All other calls are of users who were here a moment ago.
 */
function userOf(call: number, users: number): { sub: string; email: string } {
  const later = call - 2 * users
  const [turn, every] = later < 0 ? [Math.floor(call / 2), 2] : [users + Math.floor(later / 10), 10]
  const ago = call % every === 0 ? 0 : 1 + (call % Math.ceil(users / 10))
  const sub = `user-${(turn + users - ago) % users}`
  return { sub, email: `${sub}@bank.example` }
}

/** Answers within the process: what is measured is what stays of a call, not how it was sent. */
function countingPlatform(): { fetch: typeof globalThis.fetch; count(): number; stop(): void } {
  let exchanges = 0
  let isStopped = false
  return {
    async fetch() {
      if (isStopped) return new Response(null, { status: 503 })
      exchanges += 1
      return Response.json({
        access_token: randomBytes(600).toString('base64url'),
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        expires_in: 3_600,
      })
    },
    count: () => exchanges,
    stop() {
      isStopped = true
    },
  }
}

/** Twice, with a turn of the event loop between: what the first finds may only then be let go of. */
async function heapInUse(): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run with --expose-gc')
  gc()
  await turn()
  gc()
  return process.memoryUsage().heapUsed
}
