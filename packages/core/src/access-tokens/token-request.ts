import type { Person } from '../cache/shared/person.js'
import type { TokenKey } from '../identity/token-key.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'

/** Which token is needed, and how to get it from the platform. */
export interface TokenRequest {
  key: TokenKey
  /** The client id that is a part of the key. */
  clientId: string
  /** The user's name in events. */
  user: string | undefined
  /** The token that the platform has just refused. */
  rejectedToken: string | undefined
  /** The call that asks. */
  call: { workFor(person: Person): void; throwIfEnded(): void }
  obtain(signal: AbortSignal): Promise<TokenGrant>
}
