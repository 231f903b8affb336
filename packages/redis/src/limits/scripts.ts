import { lua } from '../lua.js'

// What the limiter runs in Redis in place of its own counting script, which knows whole seconds only and would let
// twice the limit through around a window's edge. A key's remaining life is how far ahead the next free slot is, so
// that nothing but Redis' own clock counts and every key goes by itself. Its value is what the last millisecond of
// that life is too long by, in microseconds.

/** As long as a pause may last for core, in milliseconds. Nothing is reserved behind one that long. */
const longestMs = 24 * 60 * 60 * 1_000

/**
 * What scripts for slots begin with: what the last slot's life is too long by, and how much of it is left, in milliseconds. A
 * value that is no part of a millisecond, or a longer life, was written by somebody else, and counts as no slot.
 */
const slot = `${lua}
local text = text_at(KEYS[1]) or ''
local tooLong, left = 0, 0
if string.match(text, '^%d%d?%d?$') then tooLong, left = tonumber(text), redis.call('PTTL', KEYS[1]) end
if left > ${longestMs} then left = 0 end
`

/**
 * Reserves a request slot. ARGV[1]: what a slot takes, ARGV[3]: how far ahead it may be, in microseconds. Gives how far
 * ahead it is, in microseconds (the limiter compares it with ARGV[3] again) and in milliseconds.
 */
export const reserveScript: string = `${slot}
local ahead = math.max(0, left * 1000 - tooLong)
if ahead <= tonumber(ARGV[3]) then
  local after = ahead + tonumber(ARGV[1])
  local life = math.ceil(after / 1000)
  redis.call('SET', KEYS[1], life * 1000 - after, 'PX', life)
end
return { ahead, math.ceil(ahead / 1000) }
`

/** Gives no slot for ARGV[1] milliseconds, or for longer if there is none for longer already. */
export const pauseScript: string = `${slot}
local life = math.min(math.max(tonumber(ARGV[1]), left), ${longestMs})
if life > 0 then redis.call('SET', KEYS[1], 0, 'PX', life) end
return { 0, life }
`

/**
 * Counts ARGV[1] more in a window of ARGV[2] seconds. Gives how many there are, and how long the window still lasts, in
 * milliseconds. A value that is no count, or a life longer than a window, was written by somebody else, and begins a window.
 */
export const countScript: string = `${lua}
local text = text_at(KEYS[1]) or ''
local window = ARGV[2] * 1000
local left = redis.call('PTTL', KEYS[1])
local counted = 0
if string.match(text, '^%d+$') and #text < 16 and left > 0 and left <= window then counted = tonumber(text)
else left = window end
counted = counted + ARGV[1]
redis.call('SET', KEYS[1], whole(counted), 'PX', whole(left))
return { counted, left }
`
