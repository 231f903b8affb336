import { andThen, isPromise } from '../lib/and-then.js'
import { hashNameWith, subjectHash, type TokenKey, type VariantParts, variantHash } from './token-key.js'

/** A person, or with `sub: null` the application itself. */
export interface Who {
  sub: string | null
  tenant?: string | undefined
}

/** What people and their tokens are called in the cache. The client id is a part of every name. */
export class CacheNames {
  readonly #baseUrl: URL
  readonly #clientId: string | (() => string | Promise<string>)
  readonly #hash: (text: string) => string
  /** Every client id under which somebody may be known: a logout concerns all of them. */
  readonly #used = new Set<string>()

  constructor(parts: {
    baseUrl: URL
    cacheNameKey: Uint8Array<ArrayBuffer> | undefined
    /** A text where it never changes. */
    clientId: string | (() => string | Promise<string>)
  }) {
    this.#baseUrl = parts.baseUrl
    this.#clientId = parts.clientId
    if (typeof parts.clientId === 'string') this.#used.add(parts.clientId)
    this.#hash = hashNameWith(parts.cacheNameKey)
  }

  /** The client id in force: at once, unless the credentials have to be asked for first. */
  clientId(): string | Promise<string> {
    if (typeof this.#clientId === 'string') return this.#clientId
    return andThen(this.#clientId(), (clientId) => {
      this.#used.add(clientId)
      return clientId
    })
  }

  subjectOf({ sub, tenant }: Who, clientId: string): string {
    return subjectHash({ baseUrl: this.#baseUrl, clientId, tenant, sub }, this.#hash)
  }

  /** A person's name in the cache where the client id is known at once. */
  subjectNow(who: Who): string | undefined {
    const clientId = this.clientId()
    if (!isPromise(clientId)) return this.subjectOf(who, clientId)
    clientId.catch(() => {}) // whoever needs it hears of it
    return undefined
  }

  /** A person's names under every client id that was used. */
  subjectsOf(who: Who): string[] {
    return [...this.#used].map((clientId) => this.subjectOf(who, clientId))
  }

  keyOf(who: Who, wanted: VariantParts, clientId: string): TokenKey {
    return { subject: this.subjectOf(who, clientId), variant: variantHash(wanted, this.#hash) }
  }
}
