import { lua } from '../lua.js'

/** A person's record lives as long as the longest of its values, and at least so long: far longer than any exchange. */
const recordForMs = 600_000

/**
 * Lua for scripts on a person's record, a hash with these fields:
 * - `generation`: `<part>` or `<part>~<id of the last renewal>`. The part is the id of the last logout and its moment, or `0.<uuid>`
 *   drawn when the record was made.
 * - `token:<variant>`: the end of that value's life, in milliseconds of Redis's clock. A value that has no such field,
 *   because the record was evicted, is not served: no logout would find it.
 * - `logout:<id>`: the time until which a repeated try of that logout drops nothing more.
 *
 * Generation and ends stand in one key, so that they are evicted together.
 */
export const personRecord: string = `${lua}
local record_for = ${recordForMs}

-- false: there is no record, or somebody else's data has its name
local function generation_at(key)
  if type_at(key) ~= 'hash' then return false end
  return redis.call('HGET', key, 'generation')
end

-- drops the fields that have ended and fits the life of the record to the others
local function tidy(key, now)
  local last = now + record_for
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local ends = tonumber(fields[i + 1]) or 0
    if fields[i] == 'generation' then
    elseif not (ends > now and ends < 9e15) then redis.call('HDEL', key, fields[i])
    elseif ends > last then last = ends end
  end
  redis.call('PEXPIRE', key, whole(last - now))
end
`
