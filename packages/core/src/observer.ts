import type { CryptoKey } from 'jose'
import { diagnostics } from '#runtime'
import type { TesouroTokensEvent } from './events.js'

/** Tells `onEvent` and the diagnostics channels what happens. */
export interface Observer {
  /** Whether anybody listens; what is only needed for events need not be computed otherwise. */
  readonly listening: boolean
  emit(event: TesouroTokensEvent): void
  /** The name under which a user (a cache key's subject) appears in events; `undefined` when nobody listens. */
  nameOf(subject: string): Promise<string | undefined>
}

const eventTypes: readonly TesouroTokensEvent['type'][] = [
  'mint',
  'cache_hit',
  'cache_miss',
  'cache_failure',
  'cache_guard',
  'lease_wait',
  'exchange',
  'refresh',
  'forget',
  'revoke',
  'refusal',
  'credentials',
]

export function createObserver(onEvent: ((event: TesouroTokensEvent) => void) | undefined): Observer {
  let key: Promise<CryptoKey> | undefined

  return {
    get listening(): boolean {
      return onEvent !== undefined || eventTypes.some((type) => diagnostics.hasSubscribers(type))
    },

    emit(event) {
      try {
        diagnostics.publish(event.type, event)
      } catch {
        // a listener that throws harms nothing
      }
      try {
        const answer: unknown = onEvent?.(event)
        if (answer instanceof Promise) answer.catch(() => {})
      } catch {
        // likewise
      }
    },

    async nameOf(subject) {
      if (!this.listening) return undefined
      key ??= crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
      const mac = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(subject))
      return Array.from(new Uint8Array(mac, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
  }
}
