import { lua } from '../lua.js'

// What the limiter runs in Redis in place of its own counting script, which knows whole seconds only and would let
// twice the limit through around a window's edge. A key's remaining life is how far ahead the next free slot is, so
// that nothing but Redis' own clock counts and every key goes by itself. Its value is what the last millisecond of
// that life is too long by, in microseconds.

const slot = `${lua}
local tooLong = tonumber(text_at(KEYS[1]) or nil)
-- What is no part of a millisecond was written by somebody else, and counts as no slot.
if not (tooLong and tooLong >= 0 and tooLong < 1000) then tooLong = nil end
local left = tooLong and redis.call('PTTL', KEYS[1]) or 0
`

/**
 * Reserves a request slot. ARGV[1]: what a slot takes, ARGV[3]: how far ahead it may be, in microseconds. Gives how far
 * ahead it is, in microseconds (the limiter compares it with ARGV[3] again) and in milliseconds.
 */
export const reserveScript: string = `${slot}
local ahead = math.max(0, left * 1000 - (tooLong or 0))
if ahead <= tonumber(ARGV[3]) then
  local after = ahead + tonumber(ARGV[1])
  local life = math.ceil(after / 1000)
  redis.call('SET', KEYS[1], life * 1000 - after, 'PX', life)
end
return { ahead, math.ceil(ahead / 1000) }
`

/** Gives no slot for ARGV[1] milliseconds, or for longer if there is none for longer already. */
export const pauseScript: string = `${slot}
local life = math.max(tonumber(ARGV[1]), left)
if life > 0 then redis.call('SET', KEYS[1], 0, 'PX', life) end
return { 0, life }
`
