import { type CacheHost, type LinkedCache, linkOf } from './cache-context.js'
import { memoryTokenCache } from './memory-token-cache.js'
import { plainLink } from './plain-link.js'
import { createFrontedCache } from './shared/shared-cache.js'
import type { TokenCache } from './token-cache.js'

/** One guard for each remote cache, however many instances use it. */
const fronted = new WeakMap<TokenCache, TokenCache>()

/** The cache as an instance uses it. A remote one has its guard around it then; one that guards itself has no second. */
export function connectCache(cache: TokenCache, host: CacheHost): { store: TokenCache; linked: LinkedCache } {
  const store = cache.local ? cache : guarded(cache)
  return { store, linked: linkOf(store)?.(host).linked ?? plainLink(store, host) }
}

function guarded(shared: TokenCache): TokenCache {
  const known = fronted.get(shared)
  if (known !== undefined) return known
  const local = ({ clock }: { clock: CacheHost['clock'] }): TokenCache => memoryTokenCache({ clock })
  const made = createFrontedCache({ shared, local, keepsAll: false })
  fronted.set(shared, made)
  return made
}
