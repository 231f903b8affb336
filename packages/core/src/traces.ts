import type { CacheFailureEvent, EventOutcome, ExchangeEvent, LeaseWaitEvent } from './events.js'

/** What the messages of every tracing channel have. */
interface Traced {
  /**
   * How the work ended, from the channels `asyncStart`, `asyncEnd` and `error` on. There is neither a result nor an
   * error in a message: one could hold a token, the other what the platform said.
   */
  outcome?: EventOutcome
  /**
   * A subscriber of `start` may set this, so that the work runs in a context of its own, such as that of a span. The
   * function calls `work` once, before it returns. It is needed where work is shared by many callers and runs outside
   * their async context, so that `bindStore` reaches none of it.
   */
  run?: (work: () => void) => void
}

/** A widget token is minted. */
export interface MintTrace extends Traced {
  type: 'mint'
}

/**
 * An access token is obtained for everybody who waits for it: lease, cache and exchange. `start` is published in the async
 * context of the call that caused it; the work runs outside of every call's.
 */
export interface ObtainTrace extends Traced {
  type: 'obtain'
  /** The call that caused it was given the old token, and does not wait. */
  background: boolean
}

/** Requests are made to the token endpoint for one token, attempts included. */
export interface ExchangeTrace extends Traced {
  type: 'exchange'
  grant: ExchangeEvent['grant']
  /** Requests that were sent. Known at the end, like `status` and `requestId`. */
  attempts?: number
  /** HTTP status of the last answer, where there was one. */
  status?: number
  /** `x-request-id` of the last answer, where it had one. */
  requestId?: string
}

/** A token is revoked at the platform (RFC 7009). */
export interface RevokeTrace extends Traced {
  type: 'revoke'
}

/** A shared cache is asked. Neither one in this process's memory is traced, nor one that is left out for now. */
export interface CacheTrace extends Traced {
  type: 'cache'
  operation: CacheFailureEvent['operation']
  /** Why it was no help, where the outcome is `cache_unavailable`. */
  reason?: CacheFailureEvent['reason']
}

/** A call waits for the exchange that another process makes. */
export interface LeaseWaitTrace extends Traced {
  type: 'lease_wait'
  /** How the waiting ended, where it has not failed. */
  ended?: LeaseWaitEvent['outcome']
}

/** A request for a token waits for its turn under `requestsPerSecond`, also where it is at once. */
export interface SlotWaitTrace extends Traced {
  type: 'slot_wait'
}

/**
 * Work with a beginning and an end, as the `TracingChannel` `tesouro-tokens:` and its `type` publishes it: the same object
 * on `start`, `end`, `asyncStart`, `asyncEnd` and `error`. It names no user and holds no secret.
 */
export type TesouroTokensTrace =
  | MintTrace
  | ObtainTrace
  | ExchangeTrace
  | RevokeTrace
  | CacheTrace
  | LeaseWaitTrace
  | SlotWaitTrace
