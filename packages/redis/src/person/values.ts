import { CacheUnavailableError, type TokenKey } from '@tesouro-tokens/core'
import type { Connection } from '../client/connect.js'
import { list, number, text } from '../client/reply.js'
import type { Keys } from '../key-names.js'
import { textAt } from './person-record.js'

/** The generation of a subject that was not forgotten in the last ten minutes. */
const neverForgotten = '0'
/** How long a logout stays visible: far longer than any exchange that it may have to win against. */
const forgottenForMs = 600_000
/**
 * How often a logout asks which variants there are. More come only while others store some, and a name that is no text
 * comes again and again: then they go unnamed. What is not in the index is not served, and has an end of its own.
 */
const roundsToName = 5
/** How late Redis may carry out a write. It may have stood still with the command in its hands. */
const lateMs = 2_000

/** What Redis keeps for each person: values, their index, and the generation. */
export interface Values {
  get(key: TokenKey): Promise<{ value?: string; remainingMs?: number; generation: string }>
  set(key: TokenKey, value: string, options: { ttlMs: number; generation: string }): Promise<boolean>
  delete(key: TokenKey): Promise<void>
  /** Drops every variant and changes the generation. */
  drop(subject: string): Promise<string[]>
}

export function createValues({ run }: Pick<Connection, 'run'>, keys: Keys): Values {
  const keysOf = (key: TokenKey): string[] => [
    keys.value(key),
    keys.generation(key.subject),
    keys.variants(key.subject),
  ]

  return {
    async get(key) {
      const [value, left, generation] = list(await run(read, keysOf(key), [key.variant]))
      const answer = { generation: text(generation) ?? neverForgotten }
      const found = text(value)
      return found !== undefined && number(left) > 0
        ? { value: found, remainingMs: number(left), ...answer }
        : answer
    },

    async set(key, value, { ttlMs, generation }) {
      const ttl = Math.floor(Math.min(ttlMs, Number.MAX_SAFE_INTEGER / 2))
      // By this process's clock until Redis has told its time, by Redis's own from then on.
      const askedAt = performance.now()
      const startedAt = number(await run(now, [keys.value(key)], [])) - (performance.now() - askedAt)
      const args = [value, generation, key.variant, `${Math.floor(startedAt)}`, `${ttl}`, `${lateMs}`]
      const answer = text(await run(write, keysOf(key), args))
      if (answer === 'late') throw new CacheUnavailableError('Redis could not be asked: too late')
      return answer !== 'forgotten'
    },

    async delete(key) {
      await run(remove, [keys.value(key), keys.variants(key.subject)], [key.variant])
    },

    async drop(subject) {
      const generation = crypto.randomUUID()
      // A script may only touch keys that it was given: it says which variants there are until none is missing.
      let variants: string[] = []
      for (let rounds = 1; ; rounds += 1) {
        const values = variants.map((variant) => keys.value({ subject, variant }))
        const all = [keys.generation(subject), keys.variants(subject), ...values]
        const isLast = rounds === roundsToName ? 'last' : ''
        const args = [generation, `${forgottenForMs}`, isLast, ...variants]
        const [done, found] = list(await run(forget, all, args))
        const texts = list(found).flatMap((part) => text(part) ?? [])
        if (number(done) === 1) return texts
        variants = texts
      }
    },
  }
}

/** A value counts only while it is in the index: one that a logout would not find (eviction) is not served. */
const read = `${textAt}
local value, left = false, 0
if type(redis.pcall('ZSCORE', KEYS[3], ARGV[1])) == 'string' then
  value = text_at(KEYS[1])
  left = redis.call('PTTL', KEYS[1])
end
return {value, left, text_at(KEYS[2])}`

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
`

const now = `${clock}
return whole(now)`

/** The value is written before the index: when memory is full, Redis refuses only the first write of a script. */
const write = `${clock}${textAt}
local generation = text_at(KEYS[2])
if generation and generation ~= ARGV[2] then return 'forgotten' end
local waited = math.max(0, now - ARGV[4])
if waited > tonumber(ARGV[6]) then return 'late' end
local left = ARGV[5] - waited
if left < 1 then
  redis.call('DEL', KEYS[1])
  return 'over'
end
local index = redis.call('TYPE', KEYS[3]).ok
if index ~= 'zset' and index ~= 'none' then redis.call('DEL', KEYS[3]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', whole(left))
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now))
redis.call('ZADD', KEYS[3], whole(now + left), ARGV[3])
if redis.call('PTTL', KEYS[3]) < left then redis.call('PEXPIRE', KEYS[3], whole(left)) end
return 'stored'`

const remove = `
redis.call('DEL', KEYS[1])
redis.pcall('ZREM', KEYS[2], ARGV[1])
return 1`

/** Begins by deleting: after that Redis accepts the new generation although memory is full. */
const forget = `${textAt}
local given = {}
for i = 4, #ARGV do given[ARGV[i]] = true end
local variants = redis.pcall('ZRANGE', KEYS[2], 0, -1)
if variants.err or ARGV[3] == 'last' then variants = {} end
for _, variant in ipairs(variants) do
  if not given[variant] then return {0, variants} end
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local dropped = {}
for i = 3, #KEYS do
  local value = text_at(KEYS[i])
  if value then dropped[#dropped + 1] = value end
  redis.call('DEL', KEYS[i])
end
return {1, dropped}`
