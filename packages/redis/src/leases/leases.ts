import {
  CacheUnavailableError,
  type LeaseAnswer,
  type LeaseOutcome,
  type TokenKey,
} from '@tesouro-tokens/core'
import type { Connection } from '../client/connect.js'
import { list, number, text } from '../client/reply.js'
import type { Keys } from '../key-names.js'
import { textAt } from '../person/person-record.js'
import { readOutcome } from './lease-outcome.js'

/** How long an outcome is left for those who wait in other processes. */
const outcomeForMs = 2_000
/** No key that holds no token lives longer, whatever is asked for. */
const longestMs = 600_000
/** An answer that took longer comes from a Redis that stood still; whoever asked has gone on without it. */
const lateMs = 2_000

/** The rights to make exchanges. A logout ends them all at once, because each counts for its generation alone. */
export function createLeases(
  { run }: Pick<Connection, 'run'>,
  keys: Keys,
): (key: TokenKey, ttlMs: number) => Promise<LeaseAnswer> {
  return async (key, ttlMs) => {
    const owner = crypto.randomUUID()
    const names = [keys.lease(key), keys.generation(key.subject)]
    const release = async (outcome: LeaseOutcome | undefined): Promise<void> => {
      await run(end, names, [owner, `${outcomeForMs}`, outcome === undefined ? '' : JSON.stringify(outcome)])
    }

    const askedAt = performance.now()
    const [state, outcome] = list(await run(take, names, [owner, milliseconds(ttlMs)])).map(text)
    if (state === 'busy') return { busy: true }
    if (state === 'outcome') return { outcome: readOutcome(outcome) }
    if (performance.now() - askedAt > lateMs) {
      await release(undefined)
      throw new CacheUnavailableError('Redis could not be asked: too late')
    }
    return {
      held: {
        renew: async (ms) => number(await run(extend, names, [owner, milliseconds(ms)])) === 1,
        release,
      },
    }
  }
}

function milliseconds(ms: number): string {
  return `${Math.max(1, Math.floor(Math.min(ms, longestMs)))}`
}

const current = `${textAt}
local generation = text_at(KEYS[2]) or '0'
local lease = redis.pcall('HMGET', KEYS[1], 'generation', 'owner', 'outcome')
if lease.err or lease[1] ~= generation then lease = {} end
`

const take = `${current}
if lease[3] then return {'outcome', lease[3]} end
if lease[2] then return {'busy'} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'generation', generation, 'owner', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {'held'}`

const extend = `${current}
if lease[3] or lease[2] ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const end = `${current}
if lease[3] or lease[2] ~= ARGV[1] then return 0 end
if ARGV[3] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HSET', KEYS[1], 'outcome', ARGV[3])`
