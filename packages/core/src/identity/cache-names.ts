import type { TokenKey } from '../cache/token-cache.js'
import type { CredentialsHolder, Settings } from '../configuration/settings.js'
import { andThen } from '../lib/and-then.js'
import type { Observer } from '../observer.js'
import { hashNameWith, subjectHash, tokenKey, type VariantParts } from './token-key.js'

/** A person, or with `sub: null` the application itself. */
export interface Who {
  sub: string | null
  tenant?: string | undefined
}

/** What people and their tokens are called in the cache and in events. The client id in force is a part of it. */
export interface Names {
  subjectOf(who: Who): string | Promise<string>
  keyOf(who: Who, wanted: VariantParts): TokenKey | Promise<TokenKey>
  /** In events; `undefined` when nobody listens. */
  eventNameOf(who: Who): Promise<string | undefined>
}

export function createNames(parts: {
  settings: Settings
  credentials: CredentialsHolder
  observer: Observer
}): Names {
  const { settings, credentials, observer } = parts
  const { baseUrl, cacheNameKey } = settings
  const hash = hashNameWith(cacheNameKey)

  const names: Names = {
    subjectOf: ({ sub, tenant }) =>
      andThen(credentials.current(), ({ clientId }) => subjectHash({ baseUrl, clientId, tenant, sub }, hash)),
    keyOf: ({ sub, tenant }, wanted) =>
      andThen(credentials.current(), ({ clientId }) =>
        tokenKey({ baseUrl, clientId, tenant, sub }, wanted, hash),
      ),
    eventNameOf: async (who) => observer.nameOf(await names.subjectOf(who)),
  }
  return names
}
