import type { TokenKey } from '../cache/token-cache.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'

/** A token and how long it may still be used, in milliseconds; `undefined` where the platform did not say. */
export interface ObtainedToken {
  accessToken: string
  issuedTokenType: string | undefined
  leftMs: number | undefined
}

/** Which token is wanted, and how to get it from the platform. */
export interface TokenRequest {
  key: TokenKey
  /** The user's name in events. */
  user: string | undefined
  /** The token that the platform has just refused. */
  rejectedToken: string | undefined
  /** A logout of this person is under way that the cache has not recorded yet: nothing in the cache counts. */
  bypassCache: boolean
  /** Throws once the call that asks is over: nothing may be started for it any longer. */
  throwIfEnded(): void
  obtain(signal: AbortSignal): Promise<TokenGrant>
}
