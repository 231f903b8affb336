import type { Granted } from './platform.js'

/** A rule that was broken, and how. */
export interface Violation {
  readonly rule: string
  readonly what: string
}

/** A call that was made on an instance. */
export interface CallFact {
  readonly id: number
  readonly kind: 'get' | 'fetch' | 'mint' | 'forget' | 'renew'
  readonly process: string
  readonly instance: string
  readonly person: string
  readonly label: string
  readonly began: number
  readonly beganAt: number
  /** The token that it does not want. */
  readonly rejectedToken: string | undefined
  sends: number
  /** The token with which its request was first sent. */
  sentWith: Granted | undefined
  isOver: boolean
  /** The step in which its caller was told. */
  toldIn: number | undefined
  /** What of its time it has used; a fetch begins anew when the platform has its request. */
  usedMs: number
  waitsForPlatform: boolean
}

/** A logout or renewal, as far as others must know of it. */
export interface LogoutFact {
  readonly process: string
  readonly instance: string
  readonly renewal: boolean
  readonly person: string
  readonly began: number
  readonly beganAt: number
  /** When the store had recorded it for sure, by the true time. */
  recordedAt: number | undefined
  /** When it was last recorded: a try that comes more than a minute after the first is a logout of its own. */
  recordedLastAt: number | undefined
  /** The id under which it was recorded. */
  recordedBy: string | undefined
  /** When `forgetUser` had resolved. */
  resolvedAt: number | undefined
  /** Who heard of it, at which step. */
  readonly heard: Map<string, number>
  /** What the store dropped for it. */
  readonly dropped: Set<string>
  /** Tokens that this process must know of. */
  readonly held: readonly Granted[]
}
