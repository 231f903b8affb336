/**
 * Lua at the head of every script. A key's type is looked at before the key is: anybody may have put anything under our
 * names, and a command for the wrong type would end the script.
 */
export const lua: string = `
local function type_at(key) return redis.call('TYPE', key).ok end
local function text_at(key)
  if type_at(key) == 'string' then return redis.call('GET', key) end
  return false
end
local function whole(number) return string.format('%.0f', number) end
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`
