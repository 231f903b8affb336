import type { CacheAccess } from '../cache/cache-access.js'
import { type Abortable, detachable } from '../lib/deadline.js'
import { ownMembers } from '../lib/given.js'
import type { TesouroTokensHealth } from '../tokens.js'
import { type ApplicationTokens, checkPlatform } from './check-platform.js'
import { checkReady } from './check-ready.js'
import type { CredentialsHolder, Settings } from './settings.js'

/** What is looked at. */
interface Parts {
  settings: Settings
  credentials: CredentialsHolder
  cache: CacheAccess
  tokenEndpoint: ApplicationTokens & Pick<TesouroTokensHealth, 'upstream'>
}

/** Whether an instance can do its work: `ready()` and `health()`. A check that has succeeded is not made again. */
export class Readiness {
  readonly #parts: Parts
  readonly #closing: Abortable
  #ready: Promise<void> | undefined
  #platformReady: Promise<void> | undefined

  /** `closing`: ends every wait. */
  constructor(parts: Parts, closing: Abortable) {
    this.#parts = parts
    this.#closing = closing
  }

  async ready(options?: { platform?: boolean | undefined }): Promise<void> {
    const { platform = false } = ownMembers(options)
    if (this.#closing.aborted) throw this.#closing.reason
    this.#ready ??= checkReady(this.#parts, this.#closing).catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    await detachable(this.#ready, this.#closing)
    if (!platform) return
    this.#platformReady ??= checkPlatform(this.#parts, this.#closing).catch((error: unknown) => {
      this.#platformReady = undefined
      throw error
    })
    await detachable(this.#platformReady, this.#closing)
  }

  async health(): Promise<TesouroTokensHealth> {
    const { cache, tokenEndpoint } = this.#parts
    if (this.#closing.aborted) return { healthy: false, cache: 'bypassed', upstream: 'unknown' }
    const up = await cache.answers()
    const { upstream, clockAheadMs } = tokenEndpoint
    return {
      healthy: upstream !== 'failing',
      cache: up ? 'up' : 'bypassed',
      upstream,
      ...(clockAheadMs !== undefined && { clockAheadSeconds: Math.round(clockAheadMs / 1_000) }),
    }
  }
}
