import { randomBytes } from 'node:crypto'
import { createClient } from '@redis/client'
import type { TokenCache } from '@tesouro-tokens/core'
import { redisTokenCache } from '@tesouro-tokens/redis'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import { isCut, shown } from '../redis/address.js'
import { inTime } from '../redis/in-time.js'
import { adviceFor, reasonOf, unreachable } from '../redis/reasons.js'
import { readServer } from '../redis/server.js'
import { unsealedValues } from '../redis/unsealed.js'

const connectMs = 3_000
const operationMs = 2_500
/** Below the prefix that the library uses, so that rights on `tesouro:*` suffice. */
const keyPrefix = (): string => `tesouro:doctor-${randomBytes(4).toString('hex')}`

type Client = ReturnType<typeof createClient>
type Step = readonly [name: string, run: () => Promise<boolean>]

/** Redis by REDIS_URL: version, rights, eviction, and everything that the cache does with it once. */
export const redis: Check = {
  id: 'redis',
  title: 'Redis',
  async run({ environment }: CheckContext) {
    const url = environment.values.REDIS_URL
    if (!url)
      return result(
        'redis',
        'skip',
        'Redis by REDIS_URL',
        'REDIS_URL is not set: nothing is shared between processes',
      )
    const tried = `Redis at ${shown(url)}`
    if (isCut(url))
      return result(
        'redis',
        'fail',
        tried,
        'the user or the password in REDIS_URL holds a character that ends it there',
        'Percent-encode it: %2F for /, %3F for ?, %23 for #, %40 for @.',
      )
    const client = clientFor(url)
    if (typeof client === 'string')
      return result(
        'redis',
        'fail',
        tried,
        client,
        'Write it as redis://user:password@host:6379, or rediss:// for TLS.',
      )
    client.on('error', () => {})
    try {
      await inTime(client.connect(), connectMs + 500)
      return await lookAround(client, tried)
    } catch (error) {
      return result('redis', 'fail', tried, ...unreachable(error, url))
    } finally {
      client.destroy()
    }
  },
}

async function lookAround(client: Client, tried: string): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [...(await readServer(client, tried, operationMs))]
  const failed = await roundTrip(client)
  if (failed !== undefined) results.push(result('redis', 'fail', tried, ...failed))
  else {
    const unsealed = await inTime(unsealedValues(client), operationMs).catch(() => undefined)
    if (unsealed !== undefined && unsealed > 0) {
      results.push(
        result(
          'redis',
          'warn',
          tried,
          `${unsealed} access tokens lie there unsealed: anybody who reads this Redis can use them`,
          'Seal them under a key of yours: `npx @tesouro-tokens/cli keygen cache-key` makes one.',
        ),
      )
    }
  }
  if (results.some(({ status }) => status !== 'ok')) return results.filter(({ status }) => status !== 'ok')
  return [
    result(
      'redis',
      'ok',
      tried,
      `${results.map(({ found }) => found).join('; ')}; value, lease, logout and its announcement work`,
    ),
  ]
}

/** Once everything that the cache does, by two caches as in two processes. */
async function roundTrip(client: Client): Promise<[found: string, ...todo: string[]] | undefined> {
  // A variable, not a literal: versions differ in whether they know of `keys`.
  const options = { client, keyPrefix: keyPrefix(), keys: [randomBytes(32).toString('hex')] }
  const here = redisTokenCache(options)
  const there = redisTokenCache(options)
  const ended = new AbortController()
  try {
    for (const [name, run] of steps(here, there, ended.signal)) {
      const problem = await inTime(run(), operationMs).then(
        (right) => (right ? undefined : 'it came back wrong'),
        (error: unknown) => reasonOf(error),
      )
      if (problem !== undefined) return [`${name} does not work: ${problem}`, ...adviceFor(problem, name)]
    }
    return undefined
  } finally {
    ended.abort()
    await Promise.allSettled([here.close?.(), there.close?.()])
  }
}

function* steps(here: TokenCache, there: TokenCache, ended: AbortSignal): Generator<Step> {
  const key = { subject: randomBytes(32).toString('hex'), variant: randomBytes(32).toString('hex') }
  const value = 'not a token: written by the doctor'
  yield [
    'storing a value',
    async () => {
      const { generation } = await here.get(key)
      return here.set(key, value, { ttlMs: 60_000, generation })
    },
  ]
  yield ['reading a value in another process', async () => (await there.get(key)).value === value]
  yield [
    'a lease',
    async () => {
      const answer = await here.lease?.(key, 10_000)
      if (answer === undefined || !('held' in answer)) return false
      const other = await there.lease?.(key, 10_000)
      await answer.held.release({ stored: true })
      return other !== undefined && 'busy' in other
    },
  ]
  yield [
    'a logout, and its announcement to other processes',
    async () => {
      let stop: (() => void) | undefined
      const heard = new Promise<boolean>((resolve) => {
        stop = there.onForget?.((subject) => subject === key.subject && resolve(true))
      })
      try {
        // Messages are only heard once the subscription stands, which nothing says: so the logout is repeated until it is heard.
        const again = setInterval(() => void here.forget(key.subject).catch(() => {}), 200)
        ended.addEventListener('abort', () => clearInterval(again))
        await here.forget(key.subject)
        await heard
        clearInterval(again)
        return (await there.get(key)).value === undefined
      } finally {
        stop?.()
      }
    },
  ]
}

function clientFor(url: string): Client | string {
  try {
    return createClient({
      url,
      socket: { connectTimeout: connectMs, reconnectStrategy: false },
      disableOfflineQueue: false,
    })
  } catch {
    return 'REDIS_URL is no address of a Redis'
  }
}
