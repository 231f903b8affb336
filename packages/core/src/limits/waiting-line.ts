import { outsideAsyncContext, runsInBackground } from '#runtime'
import { type Clock, timersOf } from '../lib/clock.js'
import { pause, SharedAbort } from '../lib/deadline.js'

/** What a waiting line is served by. */
export interface Counter {
  /** How long nobody may go at all, in milliseconds. */
  stoppedMs(): number
  /** Reserves the next request slot: milliseconds until then. */
  reserve(withinMs: number): Promise<number>
  /** The error for those whose time ends before then. */
  tooLate(ms: number, stopped: boolean): Error
}

/** A request for a slot. */
export interface Turn {
  /** When its caller began, on the monotonic clock. */
  arrivedAt: number
  /** How long it may still wait, in milliseconds. */
  leftMs(): number
  signal: AbortSignal
  /** It had a slot before, and the platform refused the request. */
  returning?: boolean
}

interface Waiting extends Pick<Turn, 'arrivedAt' | 'leftMs'> {
  admit(): void
  refuse(error: Error): void
  /** From now on this one's request serves the line. */
  takeOver(): void
}

/** Those who wait for a request slot, in order of arrival, also for who comes back later. Who leaves is gone from the line at once. */
export class WaitingLine {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #slackMs: number
  readonly #counter: Counter
  #waiting: Waiting[] = []
  #serving: SharedAbort | undefined
  /** In whose request the line is served. */
  #server: Waiting | undefined
  #overdueAt = 0

  /** `slackMs`: after that much more time than was meant to pass, the work that served the line was stopped on the way. */
  constructor(parts: { clock: Pick<Clock, 'monotonic'>; slackMs: number; counter: Counter }) {
    this.#clock = parts.clock
    this.#slackMs = parts.slackMs
    this.#counter = parts.counter
  }

  get length(): number {
    return this.#waiting.length
  }

  /** How many would stand in front, and still have time. */
  ahead(turn: Pick<Turn, 'arrivedAt' | 'returning'>): number {
    return this.#waiting.slice(0, this.#placeOf(turn)).filter(({ leftMs }) => leftMs() > 0).length
  }

  #placeOf({ arrivedAt: at, returning = false }: Pick<Turn, 'arrivedAt' | 'returning'>): number {
    const isBefore = (other: Waiting): boolean => (returning ? other.arrivedAt < at : other.arrivedAt <= at)
    return this.#waiting.findLastIndex(isBefore) + 1
  }

  /** Settles when it is this one's turn, or as soon as it is clear that this one would have to wait too long. */
  enter(turn: Turn): Promise<void> {
    const { arrivedAt, leftMs, signal } = turn
    if (signal.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#leave(one)
        reject(signal.reason)
      }
      const settled = (): void => signal.removeEventListener('abort', onAbort)
      const one: Waiting = {
        arrivedAt,
        leftMs,
        admit() {
          settled()
          resolve()
        },
        refuse(error) {
          settled()
          reject(error)
        },
        takeOver: inOwnRequest(() => {
          if (this.#server === one) this.#start(one)
        }),
      }
      signal.addEventListener('abort', onAbort)
      this.#waiting.splice(this.#placeOf(turn), 0, one)
      // A worker runtime stops timers with the request that began them: then the next one serves the line.
      if (this.#serving === undefined || this.#clock.monotonic() > this.#overdueAt) this.#start(one)
    })
  }

  #start(server: Waiting): void {
    this.#server = server
    this.#serving?.abort()
    const me = new SharedAbort()
    this.#serving = me
    // It serves all that come, so it stays in nobody's async context.
    outsideAsyncContext(() => this.#serve(me)).catch((error: Error) => {
      if (this.#serving !== me) return // stopped while it slept
      this.#serving = undefined
      this.#refuseWithin(Infinity, () => error)
    })
  }

  async #serve(me: SharedAbort): Promise<void> {
    const { stoppedMs, reserve, tooLate } = this.#counter
    for (;;) {
      this.#overdueAt = this.#clock.monotonic() + this.#slackMs
      const isInTime = (this.#waiting[0]?.leftMs() ?? 0) > 0
      const stopMs = stoppedMs()
      const withinMs = this.#longestWait()
      const ms = stopMs > 0 ? stopMs : await reserve(withinMs)
      if (this.#serving !== me) return
      this.#overdueAt += ms
      // Who comes late may find a free slot and use it. Who has waited until its deadline may not.
      if (ms > 0 || isInTime) this.#refuseWithin(ms, () => tooLate(ms, stopMs > 0))
      if (ms > 0) {
        if (this.length === 0) break
        if (this.#handOver()) return
        await pause(ms, me, timersOf(this.#clock))
        if (this.#serving !== me) return
      }
      // What was too far ahead was not reserved. What was reserved before a stop is void: others have been told, too.
      if (stopMs === 0 && ms <= withinMs && stoppedMs() === 0) this.#waiting.shift()?.admit()
      if (this.length === 0) break
      if (this.#handOver()) return
    }
    this.#serving = undefined
  }

  /** Where timers end with their request, the line is served by one that is still waiting. */
  #handOver(): boolean {
    if (runsInBackground || (this.#server !== undefined && this.#waiting.includes(this.#server))) return false
    this.#serving?.abort()
    this.#serving = undefined
    this.#server = this.#waiting[0]
    this.#server?.takeOver()
    return true
  }

  #longestWait(): number {
    return Math.max(0, ...this.#waiting.map(({ leftMs }) => leftMs()))
  }

  #refuseWithin(ms: number, error: () => Error): void {
    const late = new Set(this.#waiting.filter(({ leftMs }) => leftMs() <= ms))
    this.#waiting = this.#waiting.filter((one) => !late.has(one))
    for (const one of late) one.refuse(error())
  }

  #leave(one: Waiting): void {
    const index = this.#waiting.indexOf(one)
    if (index >= 0) this.#waiting.splice(index, 1)
    if (this.length > 0) return void this.#handOver()
    this.#serving?.abort()
    this.#serving = undefined
  }
}

/** What follows a promise runs in the request that has made it, whichever resolves it. */
function inOwnRequest(work: () => void): () => void {
  if (runsInBackground) return work
  let start = (): void => {}
  new Promise<void>((resolve) => {
    start = resolve
  }).then(work)
  return start
}
