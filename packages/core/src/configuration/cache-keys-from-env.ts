import { ConfigurationError } from '../errors.js'
import { cacheKeysSchema, howToMakeCacheKeys } from '../lib/cache-keys.js'
import { checkOptions } from '../lib/option.js'
import { type Env, processEnv, readVariable } from '../lib/process-env.js'

const variable = 'TESOURO_CACHE_KEYS'

/**
 * The keys that seal a shared cache, from the environment variable `TESOURO_CACHE_KEYS`: 64 hex digits, or several such
 * keys with commas between. The first key seals, all of them open. The result is what `redisStores`, `redisTokenCache` and
 * {@link encryptedTokenCache} take as `keys`.
 *
 * @param env the environment variables. Default `process.env`, where there is one
 * @returns at least one key, in the order of the variable
 * @throws ConfigurationError when the variable is missing or empty, and for every key in it that is none, or is there
 * twice; it names the command that makes a key, and shows no value
 *
 * @example
 * ```ts
 * import { cacheKeysFromEnv, encryptedTokenCache, type TokenCache } from '@tesouro-tokens/core'
 *
 * export function sealed(shared: TokenCache): TokenCache {
 *   return encryptedTokenCache(shared, { keys: cacheKeysFromEnv() })
 * }
 * ```
 */
export function cacheKeysFromEnv(env: Env = processEnv() ?? {}): string[] {
  const text = readVariable(env, variable)
  if (!text) {
    throw new ConfigurationError([
      `${variable}: is missing: 64 hex digits that seal the shared cache, the same in all processes (${howToMakeCacheKeys})`,
    ])
  }
  // A worker may have bound it as something else than text.
  const keys = typeof text === 'string' ? text.split(',').map((key) => key.trim()) : [text]
  checkOptions(cacheKeysSchema(variable), keys, (at) => variable + at)
  return keys
}
