/** For scripts: the text at a key. Something of another kind, which somebody else has put there, is none. */
export const textAt: string = `
local function text_at(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
  return false
end
`
