import type { CryptoKey } from 'jose'
import { eventChannel } from '#runtime'
import type { TesouroTokensEvent } from './events.js'
import type { EventChannel } from './runtime/event-channel.js'

/** Tells `onEvent` and the diagnostics channels what happens. */
export interface Observer {
  /** Whether anybody listens; what is only needed for events need not be computed otherwise. */
  readonly listening: boolean
  emit(event: TesouroTokensEvent): void
  /** The name under which a user (a cache key's subject) appears in events; `undefined` when nobody listens. */
  nameOf(subject: string): undefined | Promise<string>
}

// Looked up once: a mint that nobody listens to should not pay for asking.
const channels: { readonly [Type in TesouroTokensEvent['type']]: EventChannel } = {
  mint: eventChannel('mint'),
  cache_hit: eventChannel('cache_hit'),
  cache_miss: eventChannel('cache_miss'),
  cache_failure: eventChannel('cache_failure'),
  cache_guard: eventChannel('cache_guard'),
  lease_wait: eventChannel('lease_wait'),
  exchange: eventChannel('exchange'),
  refresh: eventChannel('refresh'),
  forget: eventChannel('forget'),
  revoke: eventChannel('revoke'),
  refusal: eventChannel('refusal'),
  credentials: eventChannel('credentials'),
  clock: eventChannel('clock'),
}
const allChannels = Object.values(channels)

export function createObserver(onEvent: ((event: TesouroTokensEvent) => void) | undefined): Observer {
  let key: Promise<CryptoKey> | undefined
  const macOf = async (subject: string): Promise<string> => {
    key ??= crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(subject))
    return Array.from(new Uint8Array(mac, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }

  return {
    get listening(): boolean {
      return onEvent !== undefined || allChannels.some((channel) => channel.hasSubscribers)
    },

    emit(event) {
      try {
        channels[event.type].publish(event)
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

    nameOf(subject) {
      return this.listening ? macOf(subject) : undefined
    },
  }
}
