import type { TokenCache } from '@tesouro-tokens/core'
import type { Connection } from '../client/connection.js'
import { list, number, text } from '../client/reply.js'
import type { KeyNames } from '../key-names.js'
import { personRecord } from './person-record.js'

/** Keeps the values of each person, as long as their record has the generation under which they were obtained. */
export function createValues(
  { run }: Pick<Connection, 'run'>,
  names: KeyNames,
): Pick<TokenCache, 'get' | 'set' | 'delete'> {
  return {
    async get(key) {
      const fresh = `0.${crypto.randomUUID()}`
      const keys = [names.value(key), names.person(key.subject)]
      const [value, left, generation, now] = list(await run(read, keys, [key.variant, fresh]))
      const answer = { generation: text(generation) ?? fresh, now: number(now) }
      const found = text(value)
      return found !== undefined && number(left) > 0
        ? { value: found, remainingMs: number(left), ...answer }
        : answer
    },

    async set(key, value, { ttlMs, generation }) {
      const ttl = Math.floor(Math.min(ttlMs, Number.MAX_SAFE_INTEGER / 2))
      const keys = [names.value(key), names.person(key.subject)]
      // By this process's clock until Redis has told its time, by Redis's own from then on.
      const askedAt = performance.now()
      const startedAt = number(await run(time, [names.value(key)], [])) - (performance.now() - askedAt)
      const args = [value, generation, key.variant, `${Math.floor(startedAt)}`, `${ttl}`]
      return text(await run(write, keys, args)) !== 'refused'
    },

    async delete(key) {
      await run(remove, [names.value(key), names.person(key.subject)], [key.variant])
    },
  }
}

/**
 * A person without a record gets one with a fresh generation. Where Redis cannot write now (full, a replica, its disk
 * or its replicas gone), the answer has a generation that no set will match; any other refusal is an error.
 */
const read = `${personRecord}
local generation = generation_at(KEYS[2])
if not generation then
  generation = ARGV[2]
  if type_at(KEYS[2]) ~= 'none' then redis.pcall('DEL', KEYS[2]) end
  local made = redis.pcall('HSET', KEYS[2], 'generation', generation)
  if type(made) == 'number' then
    redis.call('PEXPIRE', KEYS[2], record_for)
  else
    for _, passing in ipairs({'OOM ', 'READONLY ', 'MISCONF ', 'NOREPLICAS '}) do
      if string.find(made.err, passing, 1, true) then return {false, 0, generation, whole(clock())} end
    end
    return made
  end
elseif redis.call('PTTL', KEYS[2]) < record_for / 2 then
  redis.pcall('PEXPIRE', KEYS[2], record_for)
end
if redis.call('HEXISTS', KEYS[2], 'token:' .. ARGV[1]) == 0 then
  return {false, 0, generation, whole(clock())}
end
return {text_at(KEYS[1]), redis.call('PTTL', KEYS[1]), generation, whole(clock())}`

const time = `${personRecord}
return whole(clock())`

/**
 * The value is written before the record: when memory is full, Redis refuses only the first write of a script. A Redis that
 * cannot write had no record to make either: then the error is its own, and not that the person was forgotten.
 */
const write = `${personRecord}
local generation = generation_at(KEYS[2])
if not generation then
  redis.call('SET', KEYS[1], '', 'PX', '1')
  redis.call('DEL', KEYS[1])
end
if generation ~= ARGV[2] then return 'refused' end
local now = clock()
local left = ARGV[5] - math.max(0, now - ARGV[4])
if left < 1 then
  redis.call('DEL', KEYS[1])
  redis.call('HDEL', KEYS[2], 'token:' .. ARGV[3])
  return 'over'
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', whole(left))
redis.call('HSET', KEYS[2], 'token:' .. ARGV[3], whole(now + left))
tidy(KEYS[2], now)
return 'stored'`

const remove = `${personRecord}
redis.call('DEL', KEYS[1])
if generation_at(KEYS[2]) then
  redis.call('HDEL', KEYS[2], 'token:' .. ARGV[1])
  tidy(KEYS[2], clock())
end
return 1`
