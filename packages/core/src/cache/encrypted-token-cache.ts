import { ConfigurationError } from '../errors.js'
import type { CacheFailureEvent } from '../events.js'
import { hexKeyBytes, hexKeyProblem } from '../lib/hex-key.js'
import { type CacheLink, cacheHook, type LinkedCache, linkOf } from './cache-context.js'
import { type CacheAnswer, droppedValues } from './check-answer.js'
import { createHosts } from './hosts.js'
import { isTokenCache } from './is-token-cache.js'
import { plainLink } from './plain-link.js'
import { createSealing } from './sealing.js'
import type { TokenCache, TokenKey } from './token-cache.js'

/** What {@link encryptedTokenCache} takes beside the cache. */
export interface EncryptedTokenCacheOptions {
  /** 64 hex digits each (32 bytes): the first encrypts, all decrypt. To rotate, put the new key in front. */
  keys: readonly string[]
}

/**
 * Seals what is kept in another cache: whoever reads that store learns no token. Every value has a content key of its
 * own, wrapped by the first of `keys` (A256KW and A256GCM, RFC 7518 §4.4 and §5.3), and is bound to the name under which
 * it is kept, so that one that was moved to another user's name does not open. What does not open is a miss, and a
 * `cache_failure` event with the reason `unopened`.
 *
 * Names pass through as they are. Put it inside of `layeredTokenCache`, around the shared cache: then a token is opened
 * once and not for every call.
 *
 * @throws ConfigurationError with every problem found, naming keys by their place and never showing a character
 *
 * @example
 * ```ts
 * import { encryptedTokenCache, layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
 *
 * export function sealed(shared: TokenCache): TokenCache {
 *   const keys = [process.env.CACHE_KEY ?? '', process.env.CACHE_KEY_BEFORE ?? ''].filter((key) => key !== '')
 *   return layeredTokenCache({ shared: encryptedTokenCache(shared, { keys }) })
 * }
 * ```
 */
export function encryptedTokenCache(inner: TokenCache, options: EncryptedTokenCacheOptions): TokenCache {
  const { seal, open } = createSealing(checkedKeys(inner, options))
  const hosts = createHosts()
  const { lease, onForget, close } = inner

  const tell = (operation: CacheFailureEvent['operation']): void =>
    hosts.current.emit({ type: 'cache_failure', operation, reason: 'unopened' })

  const opened = async (answer: CacheAnswer, key: TokenKey): Promise<CacheAnswer> => {
    if (answer?.value === undefined) return answer
    const value = await open(answer.value, key)
    if (value !== undefined) return { ...answer, value }
    tell('get')
    const { generation, alone } = answer
    return alone ? { generation, alone } : { generation }
  }

  /** Values of a subject whose variants are not told: of what does not open, nothing is known. */
  const openedAll = async (values: unknown, subject: string): Promise<string[]> => {
    const all = await Promise.all(droppedValues(values).map((value) => open(value, { subject })))
    const readable = all.filter((value) => value !== undefined)
    if (readable.length < all.length) tell('forget')
    return readable
  }

  const linkedBy = (linked: LinkedCache): LinkedCache => ({
    get bypassed(): boolean {
      return linked.bypassed
    },
    answers: () => linked.answers(),
    atOnce: () => undefined, // opening takes its time
    get: async (key, how) => opened(await linked.get(key, how), key),
    set: async (key, value, how, ms) => linked.set(key, await seal(value, key), how, ms),
    delete: (key, ms) => linked.delete(key, ms),
    lease: (key, ttlMs, ms) => linked.lease(key, ttlMs, ms),
    forget(subject) {
      const { noted, recorded } = linked.forget(subject)
      return { noted, recorded: recorded.then((values) => openedAll(values, subject)) }
    },
    leave: () => linked.leave(),
  })

  const link: CacheLink = (host) => {
    const leaveHosts = hosts.add(host)
    const behind = linkOf(inner)?.(host)
    const leave = (): void => {
      leaveHosts()
      behind?.leave()
    }
    if (!inner.local) return { leave }
    return { leave, linked: { ...linkedBy(behind?.linked ?? plainLink(inner, host)), leave } }
  }
  const cache: TokenCache & { [cacheHook]: CacheLink } = {
    get: async (key) => opened(await inner.get(key), key),
    set: async (key, value, how) => inner.set(key, await seal(value, key), how),
    delete: (key) => inner.delete(key),
    forget: async (subject) => openedAll(await inner.forget(subject), subject),
    ...(inner.local !== undefined && { local: inner.local }),
    ...(lease !== undefined && { lease: lease.bind(inner) }),
    ...(onForget !== undefined && { onForget: onForget.bind(inner) }),
    ...(close !== undefined && { close: close.bind(inner) }),
    [cacheHook]: link,
  }
  return cache
}

function checkedKeys(inner: unknown, options: unknown): Uint8Array<ArrayBuffer>[] {
  const problems: string[] = []
  if (!isTokenCache(inner)) problems.push('inner: must be a TokenCache (get, set, delete and forget)')
  const keys: unknown =
    typeof options === 'object' && options !== null && 'keys' in options ? options.keys : []
  const list: unknown[] = Array.isArray(keys) ? keys : []
  if (list.length === 0) problems.push('keys: must be a list of at least one key of 64 hex digits')
  const seen: unknown[] = []
  for (const [place, key] of list.entries()) {
    const problem = hexKeyProblem(key, '64 hex digits are wanted, 32 random bytes')
    if (problem !== undefined) problems.push(`keys[${place}]: ${problem}`)
    const same = typeof key === 'string' ? seen.indexOf(key.toLowerCase()) : -1
    if (same >= 0) problems.push(`keys[${place}]: is the same as keys[${same}]`)
    seen.push(typeof key === 'string' ? key.toLowerCase() : undefined)
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
  return list.map((key) => hexKeyBytes(String(key)))
}
