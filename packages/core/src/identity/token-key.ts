import { createHmacHex, sha256Hex } from '#crypto'
import { type Abortable, detachable } from '../lib/deadline.js'
import { andThen, isPromise } from '../lib/promises.js'
import type { JsonMembers, JsonValue } from '../user.js'
import { ownTokenClaims } from './own-token-claims.js'

/** Where a token is kept: two SHA-256 hashes with nothing readable in them. */
export interface TokenKey {
  /** The person: base URL, client id, tenant and `sub`. */
  subject: string
  /** What the token was asked for: e-mail address, claims, request parameters and the application's own label. */
  variant: string
}

/** What tells one person from all others. `sub` is null for the application itself. */
export interface SubjectParts {
  baseUrl: URL
  clientId: string
  tenant: string | undefined
  sub: string | null
}

/** What a token was asked for. */
export interface VariantParts {
  email: string | null
  claims?: JsonMembers | undefined
  requestParameters?: JsonMembers | undefined
  /** The application's own label. */
  variant?: string | undefined
  /** The user's own JWT. */
  subjectToken?: unknown
}

/** Makes a name of a text: SHA-256 in hex, or an HMAC of it where a reader must not test guesses. */
export type HashName = (text: string) => string

/** How names are made under an optional key. */
export function hashNameWith(key: Uint8Array<ArrayBuffer> | undefined): HashName {
  return key === undefined ? sha256Hex : createHmacHex(key)
}

/** The name of a person in the cache: a hash, in hex, over a JSON array, so that no two lists of parts meet. */
export function subjectHash(
  { baseUrl, clientId, tenant, sub }: SubjectParts,
  hash: HashName = sha256Hex,
): string {
  const names = [baseUrl.href, clientId, tenant ?? null, sub].map(sorted).join()
  return hash(`[${names}]`)
}

/** The name of what a token was asked for. */
function variantHash(variant: VariantParts, hash: HashName = sha256Hex): string {
  const { email, claims = {}, requestParameters = {}, variant: label, subjectToken } = variant
  const parts = [sorted(email), sorted(claims), sorted(requestParameters)]
  if (label !== undefined || typeof subjectToken === 'string') {
    const own = typeof subjectToken === 'string' ? sorted(ownTokenClaims(subjectToken)) : 'null'
    parts.push(sorted(label ?? null), own)
  }
  return hash(`[${parts.join()}]`)
}

/**
 * JSON of the same value with the names of every object in order, as pairs, so that no name is special. Only texts, numbers
 * and the like are given to `JSON.stringify`: it asks every array and object for a `toJSON` that a library may have put
 * on all of them.
 */
function sorted(value: JsonValue): string {
  if (Array.isArray(value)) return `["array"${value.map((item) => `,${sorted(item)}`).join('')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `["object"${pairs.map(([name, member]) => `,[${sorted(name)},${sorted(member)}]`).join('')}]`
}

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
  /** What has to be done once a client id is known. */
  readonly #awaiting = new Map<string, () => void>()

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
      for (const work of this.#awaiting.values()) work()
      this.#awaiting.clear()
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
    clientId.catch(() => {}) // the code that needs it gets its error
    return undefined
  }

  /** A person's names under every client id that was used. */
  subjectsOf(who: Who): string[] {
    return [...this.#used].map((clientId) => this.subjectOf(who, clientId))
  }

  /**
   * Ends what there is of somebody under every client id that was used, now, and under one that is not known yet as soon
   * as it is. Without credentials this rejects, and the work is done once there are some: of several of one kind for
   * somebody, the last.
   */
  underEach<Result>(
    who: Who,
    { kind, signal }: { kind: string; signal: Abortable },
    end: (subjects: readonly string[]) => Promise<Result>,
  ): Promise<Result[]> {
    const clientId = this.clientId()
    const known = this.subjectsOf(who)
    if (!isPromise(clientId)) return Promise.all([end(known)])
    const first = known.length === 0 ? [] : [end(known)]
    const endOthers = (): Promise<Result>[] => {
      const others = this.subjectsOf(who).filter((subject) => !known.includes(subject))
      return others.length === 0 || signal.aborted ? [] : [end(others)]
    }
    const ended = clientId.then(
      () => {
        if (signal.aborted) throw signal.reason
        return Promise.all([...first, ...endOthers()])
      },
      (error) => {
        const later = (): void => endOthers().forEach((result) => void result.catch(() => {}))
        this.#awaiting.set(`${kind} ${this.subjectOf(who, '')}`, later)
        throw error
      },
    )
    for (const result of first) result.catch(() => {}) // told by what waits for it
    return detachable(ended, signal)
  }

  keyOf(who: Who, wanted: VariantParts, clientId: string): TokenKey {
    return { subject: this.subjectOf(who, clientId), variant: variantHash(wanted, this.#hash) }
  }
}
