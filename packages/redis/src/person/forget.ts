import { createHash } from 'node:crypto'
import type { ForgetRequest } from '@tesouro-tokens/core'
import type { Connection } from '../client/connection.js'
import { list, number, text } from '../client/reply.js'
import type { KeyNames } from '../key-names.js'
import { personRecord } from './person-record.js'

/** How long a logout can be tried again without dropping anything more. */
const repeatableForMs = 60_000
/**
 * How often a logout asks which variants there are. More come only while others store some, and a name that is no text
 * comes again and again: then they go unnamed. A value that the record does not name is not served, and has an end of
 * its own.
 */
const roundsToName = 5

/** Drops every value of a person and changes the generation, in one step; gives the values that it has dropped. */
export function createForget(
  { run }: Pick<Connection, 'run'>,
  names: KeyNames,
): (subject: string, request: ForgetRequest) => Promise<string[]> {
  return async (subject, request) => {
    const { id } = request
    const options = [id, request.renewal === true ? 'renewal' : '', `0.${crypto.randomUUID()}`]
    // A script may only touch keys that it was given: it says which variants there are until none is missing.
    let variants: string[] = []
    for (let rounds = 1; ; rounds += 1) {
      const values = variants.map((variant) => names.value({ subject, variant }))
      const keys = [names.person(subject), names.forgotten(subject, id), ...values]
      const isLast = rounds === roundsToName ? 'last' : ''
      const [done, found] = list(await run(forget, keys, [...options, isLast, ...variants]))
      const texts = list(found).flatMap((part) => text(part) ?? [])
      if (number(done) === 1) return texts
      variants = texts
    }
  }
}

/** The id becomes part of a key's name and of the generation, in which `~` and a beginning with `0.` mean something. */
export function writableId(id: string): string {
  return /^[\w-]{1,100}$/.test(id) ? id : createHash('sha256').update(id).digest('hex')
}

/**
 * Begins to write by deleting: after that Redis accepts the rest although memory is full. The dropped values are kept
 * for a minute, each no longer than it would have lived (a sorted set by that end, because two values may be equal).
 */
const forget = `${personRecord}
local now = clock()
local id = ARGV[1]
local generation = generation_at(KEYS[1])
local fields = {}
if generation then fields = redis.call('HGETALL', KEYS[1]) end
local given, logouts, unnamed, done = {}, {}, {}, false
for i = 5, #ARGV do given[ARGV[i]] = true end
for i = 1, #fields, 2 do
  local kind, name = string.match(fields[i], '^(%l+):(.*)$')
  local ends = tonumber(fields[i + 1]) or 0
  if kind == 'token' and not given[name] then unnamed[#unnamed + 1] = name end
  if kind == 'logout' and ends > now and ends <= now + ${repeatableForMs} then
    logouts[name] = fields[i + 1]
    if name == id then done = true end
  end
end

if not done then
  if #unnamed > 0 and ARGV[4] ~= 'last' then
    for i = 5, #ARGV do unnamed[#unnamed + 1] = ARGV[i] end
    return {0, unnamed}
  end
  redis.call('DEL', KEYS[1])
  -- the same logout once more, after the minute, makes another generation than the first time
  local part = id .. '.' .. whole(now)
  if ARGV[2] == 'renewal' then part = string.match(generation or ARGV[3], '^[^~]*') .. '~' .. part end
  redis.call('HSET', KEYS[1], 'generation', part, 'logout:' .. id, whole(now + ${repeatableForMs}))
  for name, ends in pairs(logouts) do redis.call('HSET', KEYS[1], 'logout:' .. name, ends) end
  redis.call('PEXPIRE', KEYS[1], record_for)

  if type_at(KEYS[2]) ~= 'zset' then redis.call('DEL', KEYS[2]) end
  local longest = redis.call('PTTL', KEYS[2])
  for i = 3, #KEYS do
    local value = text_at(KEYS[i])
    local left = redis.call('PTTL', KEYS[i])
    if value and left > 0 then
      redis.call('ZADD', KEYS[2], whole(now + left), i .. ' ' .. value)
      longest = math.max(longest, left)
    end
    redis.call('DEL', KEYS[i])
  end
  if longest > 0 then redis.call('PEXPIRE', KEYS[2], whole(math.min(longest, ${repeatableForMs}))) end
end

local dropped = {}
if type_at(KEYS[2]) == 'zset' then
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. whole(now), '+inf')) do
    dropped[#dropped + 1] = string.sub(member, (string.find(member, ' ', 1, true) or 0) + 1)
  end
end
return {1, dropped}`
