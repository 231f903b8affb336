import { type Clock, systemClock } from '../lib/clock.js'
import type { CacheHost } from './cache-context.js'

/**
 * The instances that use a cache. The first of them lends it its clock, its limit and its ears, so that what happens
 * to a cache that many instances share is told once; when it is closed, the next one does.
 */
export interface Hosts {
  readonly current: CacheHost
  /** The current host's clock, for what keeps a clock. */
  readonly clock: Clock
  /** Returns how the host leaves. */
  add(host: CacheHost): () => void
}

/** For a cache that is used without an instance. */
const nobody: CacheHost = { clock: systemClock, cacheMs: 250, emit: () => {} }

export function createHosts(options: { onEmpty?: () => void } = {}): Hosts {
  const hosts = new Set<{ host: CacheHost }>()
  const first = (): CacheHost => {
    for (const { host } of hosts) return host
    return nobody
  }
  return {
    get current(): CacheHost {
      return first()
    },
    clock: { now: () => first().clock.now(), monotonic: () => first().clock.monotonic() },
    add(host) {
      const entry = { host }
      hosts.add(entry)
      return () => {
        if (hosts.delete(entry) && hosts.size === 0) options.onEmpty?.()
      }
    },
  }
}
