import { createHmacHex, sha256Hex } from '#crypto'
import type { TokenKey } from '../cache/token-cache.js'
import type { JsonValue } from '../user.js'

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
  claims?: { readonly [name: string]: JsonValue } | undefined
  requestParameters?: { readonly [name: string]: JsonValue } | undefined
}

/** Makes a name of a text: SHA-256 in hex, or an HMAC of it where the names shall tell nothing to who guesses. */
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
  return hash(JSON.stringify([baseUrl.href, clientId, tenant ?? null, sub]))
}

/** The name of a token in the cache. */
export function tokenKey(subject: SubjectParts, variant: VariantParts, hash: HashName = sha256Hex): TokenKey {
  const { email, claims = {}, requestParameters = {} } = variant
  return {
    subject: subjectHash(subject, hash),
    variant: hash(JSON.stringify([email, sorted(claims), sorted(requestParameters)])),
  }
}

/** The same value with the names of every object in order, as pairs, so that no name is special. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return ['array', ...value.map(sorted)]
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return ['object', ...pairs.map(([name, member]) => [name, sorted(member)])]
}
