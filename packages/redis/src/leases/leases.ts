import type { LeaseAnswer, TokenKey } from '@tesouro-tokens/core'
import type { Connection } from '../client/connection.js'
import { list, number, text } from '../client/reply.js'
import type { KeyNames } from '../key-names.js'
import { personRecord } from '../person/person-record.js'
import { readOutcome } from './lease-outcome.js'

/** How long an outcome is left for those who wait in other processes. */
const outcomeForMs = 2_000
/** No lease lives longer, whatever is asked for. */
const longestMs = 600_000

/** The rights to make exchanges. A logout ends them all at once, because each counts only for its generation. */
export function createLeases(
  { run }: Pick<Connection, 'run'>,
  names: KeyNames,
): (key: TokenKey, ttlMs: number, how?: { waited: boolean }) => Promise<LeaseAnswer> {
  return async (key, ttlMs, how) => {
    const owner = crypto.randomUUID()
    const keys = [names.lease(key), names.person(key.subject)]
    const waited = how?.waited === true ? 'waited' : ''
    const [state, outcome] = list(await run(take, keys, [owner, milliseconds(ttlMs), waited])).map(text)
    if (state === 'busy') return { busy: true }
    if (state === 'outcome') return { outcome: readOutcome(outcome) }
    return {
      held: {
        renew: async (ms) => number(await run(extend, keys, [owner, milliseconds(ms)])) === 1,
        release: async (outcome) => void (await run(end, keys, [owner, JSON.stringify(outcome)])),
      },
    }
  }
}

function milliseconds(ms: number): string {
  return `${Math.max(1, Math.floor(Math.min(ms, longestMs)))}`
}

/**
 * `lease`: the owner and the outcome, where the lease counts for the person's generation of now. One that would never
 * end is somebody else's data.
 */
const current = `${personRecord}
local generation = generation_at(KEYS[2]) or ''
local lease = {}
if type_at(KEYS[1]) == 'hash' and redis.call('PTTL', KEYS[1]) > 0 then
  local found = redis.call('HMGET', KEYS[1], 'generation', 'owner', 'outcome')
  if found[1] == generation then lease = {owner = found[2], outcome = found[3]} end
end
`

/** An outcome counts for the exchange of which it tells: a caller that did not wait for that one makes the next. */
const take = `${current}
if lease.outcome and ARGV[3] == 'waited' then return {'outcome', lease.outcome} end
if lease.owner and not lease.outcome then return {'busy'} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'generation', generation, 'owner', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {'held'}`

const extend = `${current}
if lease.outcome or lease.owner ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const end = `${current}
if lease.outcome or lease.owner ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ${outcomeForMs})
return redis.call('HSET', KEYS[1], 'outcome', ARGV[2])`
