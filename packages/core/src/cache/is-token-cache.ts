import type { TokenCache } from './token-cache.js'

/** Whether a value has what every cache must have. */
export function isTokenCache(value: unknown): value is TokenCache {
  if (typeof value !== 'object' || value === null) return false
  return ['get', 'set', 'delete', 'forget'].every((name) => typeof Reflect.get(value, name) === 'function')
}
