// What the limiter runs in Redis in place of its own counting script, which knows whole seconds only and would let
// twice the limit through around a window's edge. A key's remaining life is how far ahead the next free place is, so
// that nothing but Redis' own clock counts and every key goes by itself. Its value is what the last millisecond of
// that life is too long by, in microseconds.

/**
 * Reserves a place. ARGV[1]: what a place takes, ARGV[3]: how far ahead it may be, in microseconds. Gives how far
 * ahead it is, in microseconds (the limiter compares it with ARGV[3] again) and in milliseconds.
 */
export const reserveScript = `
local left = math.max(0, redis.call('pttl', KEYS[1]))
local ahead = math.max(0, left * 1000 - tonumber(redis.call('get', KEYS[1]) or 0))
if ahead <= tonumber(ARGV[3]) then
  local after = ahead + tonumber(ARGV[1])
  local life = math.ceil(after / 1000)
  redis.call('set', KEYS[1], life * 1000 - after, 'PX', life)
end
return { ahead, math.ceil(ahead / 1000) }
`

/** Gives no place for ARGV[1] milliseconds, or for longer if there is none for longer already. */
export const pauseScript = `
local life = math.max(tonumber(ARGV[1]), redis.call('pttl', KEYS[1]))
redis.call('set', KEYS[1], 0, 'PX', life)
return { 0, life }
`
