/** The parts of the platform that a fault can strike. */
export type FaultTarget = 'token' | 'revoke' | 'gateway' | 'api'

/** Which requests a fault strikes: all of them, unless narrowed here. */
export interface FaultScope {
  /** Default: everywhere. */
  on?: FaultTarget | readonly FaultTarget[] | undefined
  /** Only requests of the user with this `sub`. */
  user?: string | undefined
  /** How many requests are struck before the fault ends. Default: no end. */
  times?: number | undefined
}

/** A fault that is switched on. */
export interface ActiveFault {
  id: number
  fault: string
  /** Requests struck so far. */
  struck: number
  scope: FaultScope
}

/** Takes back what a fault did. Calling it again does nothing. */
export type UndoFault = () => void

/**
 * What can go wrong, each switched on until its `undo` or `clear` is called or its `times` are used up. All delays
 * that match a request add up; of the others the one that was switched on first strikes, so that several with
 * `times` play one after the other.
 */
export interface SandboxFaults {
  /** Answers after this many milliseconds. */
  slow(ms: number, scope?: FaultScope): UndoFault
  /** Answers with this status (400 to 599) in the form that the platform gives it. `Retry-After`: 1 for 429, else none, unless given. */
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
  /** Answers 200 with something that is no JSON. */
  garbage(scope?: FaultScope): UndoFault
  /** Does the work, declares the answer's whole length, and cuts the connection in the middle of it. */
  truncated(scope?: FaultScope): UndoFault
  /** Answers 200 with valid JSON of this many bytes. Default 1 MiB. */
  oversized(options?: FaultScope & { bytes?: number | undefined }): UndoFault
  /** Every access token issued so far counts as expired, and the API answers with this status. Default 401. Undone: as before. */
  expireAccessTokens(status?: 400 | 401): UndoFault
  /** Moves the platform's clock by this many milliseconds, on top of earlier moves. */
  moveClock(ms: number): UndoFault
  /** Undoes everything. */
  clear(): void
  /** What is switched on, the oldest first. */
  active(): readonly ActiveFault[]
}
