/** The parts of the platform that a fault can strike. */
export type FaultTarget = 'token' | 'revoke' | 'gateway' | 'api'

/** Which requests a fault strikes: all of them, unless narrowed here. */
export interface FaultScope {
  /** Which parts of the platform. Default: all. */
  on?: FaultTarget | readonly FaultTarget[] | undefined
  /** Only requests of the user with this `sub`. */
  user?: string | undefined
  /** How many requests are struck before the fault ends. Default: no end. */
  times?: number | undefined
}

/** A fault that is switched on. */
export interface ActiveFault {
  /** Number of the fault, for `DELETE /__sandbox/faults/:id`. */
  id: number
  /** Name of the method, and its number where there is one: `status 503`. */
  fault: string
  /** How many requests it has struck so far. */
  struck: number
  /** Which requests it strikes. */
  scope: FaultScope
}

/** Switches one fault off. Further calls do nothing. */
export type UndoFault = () => void

/**
 * Faults of the platform. Each lasts until its `undo` or `clear` is called, or until it has struck `times` requests. Delays
 * that match a request add up. Of the other faults the oldest strikes, so that several with `times` play one after the
 * other. Every method throws a TypeError for a wrong argument.
 */
export interface SandboxFaults {
  /** Answers after this many milliseconds. */
  slow(ms: number, scope?: FaultScope): UndoFault
  /** Answers with this status (400 to 599) in the platform's form. `retryAfterSeconds` defaults to 1 for 429, else to none. */
  status(status: number, options?: FaultScope & { retryAfterSeconds?: number | undefined }): UndoFault
  /** Answers exactly this. Default status 200, content type `application/json`. */
  answer(
    answer: {
      status?: number | undefined
      headers?: Readonly<Record<string, string>> | undefined
      body?: string | Uint8Array | undefined
    },
    scope?: FaultScope,
  ): UndoFault
  /** Resets the connection instead of answering. */
  reset(scope?: FaultScope): UndoFault
  /** Never answers. */
  hang(scope?: FaultScope): UndoFault
  /** Answers 200 with a body that is not JSON. */
  garbage(scope?: FaultScope): UndoFault
  /** Does the work, declares the answer's whole length, and cuts the connection in the middle of it. */
  truncated(scope?: FaultScope): UndoFault
  /** Answers 200 with valid JSON of this many bytes, 16 to 64 MiB. Default 1 MiB. */
  oversized(options?: FaultScope & { bytes?: number | undefined }): UndoFault
  /** Every access token issued so far counts as expired, and the API answers with this status. Default 401. */
  expireAccessTokens(status?: 400 | 401): UndoFault
  /** Moves the platform's clock by this many milliseconds, in addition to earlier moves. */
  moveClock(ms: number): UndoFault
  /** Switches every fault off. */
  clear(): void
  /** What is switched on, the oldest first. */
  active(): readonly ActiveFault[]
}
