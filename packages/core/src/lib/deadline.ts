import { runsInBackground } from '#runtime'
import { type Clock, systemClock, type Timers } from './clock.js'
import { ownMembers } from './given.js'

/** How much one turn of the event loop counts at least: what it takes longer, this process stood still. */
const turnMs = 25
/** In so many turns time is counted, so that a long limit wakes nobody up all the time. */
const turns = 20

/**
 * The least part of a turn that counts. A turn that comes late is one in which this process had no time for answers that
 * were there, or was busy with others; but something counts of each, so that every wait ends.
 */
const leastPart = 0.25

/** A timer may be that late without a reason. */
const graceMs = 5

/**
 * Runs work under a time limit. The work gets a signal that is aborted when the time has passed or `parent` is
 * aborted; the result settles then, even if the work pays no attention to its signal. It can also ask how much is left.
 */
export function withDeadline<Result>(
  work: (signal: AbortSignal, leftMs: () => number) => Promise<Result>,
  options: { ms: number; onTimeout: () => Error; parent?: Abortable | undefined },
): Promise<Result> {
  const { ms, onTimeout, parent } = ownMembers(options)
  if (parent?.aborted) return Promise.reject(parent.reason)
  return new Promise<Result>((resolve, reject) => {
    const controller = new AbortController()
    const stop = (reason: unknown): void => {
      clear()
      abortAnywhere(controller, reason)
      reject(reason)
    }
    const onAbort = (): void => stop(parent?.reason)
    const timer = startTimer(ms, () => stop(onTimeout()))
    const clear = (): void => {
      timer.stop()
      parent?.removeEventListener('abort', onAbort)
    }
    parent?.addEventListener('abort', onAbort)
    new Promise<Result>((start) => start(work(controller.signal, timer.leftMs)))
      .then(resolve, reject)
      .finally(clear)
  })
}

/** A time limit under way. */
interface Timer {
  /** How much of the limit is left, in milliseconds. */
  leftMs(): number
  stop(): void
}

/**
 * Calls back when the time has passed in which this process's event loop ran. It is counted in short turns, so that a process
 * that has stood still looks for what has arrived before it calls anything late.
 */
export function startTimer(ms: number, onOver: () => void): Timer {
  const longest = Math.max(turnMs, ms / turns)
  let timer: ReturnType<typeof setTimeout> | undefined
  let leftMs = ms
  let turn = 0
  let beganAt = 0
  const tookMs = (): number => systemClock.monotonic() - beganAt
  const counted = (): number => Math.max(turn - Math.max(0, tookMs() - turn - graceMs), turn * leastPart)
  const count = (): void => {
    turn = Math.max(Math.min(longest, leftMs), 1)
    beganAt = systemClock.monotonic()
    timer = setTimeout(() => {
      leftMs -= counted()
      if (leftMs > 0) count()
      else onOver()
    }, turn)
  }
  count()
  return {
    // A worker runtime stops timers with their request: there, the turn under way counts in full.
    leftMs: () => leftMs - (runsInBackground ? Math.min(tookMs(), counted()) : tookMs()),
    stop: () => clearTimeout(timer),
  }
}

/** Waits, unless the signal is aborted first: then it rejects with the signal's reason and leaves no timer. */
export function pause(
  ms: number,
  signal?: Abortable,
  timers: Timers = { setTimeout, clearTimeout },
): Promise<void> {
  // Called as functions: those of a worker refuse to be methods of another object.
  const { setTimeout: set, clearTimeout: clear } = timers
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clear(timer)
      reject(signal?.reason)
    }
    const timer = set(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort)
  })
}

/** Waits for shared work until the caller's own signal is aborted; the work itself goes on. */
export function detachable<Result>(work: Promise<Result>, signal: Abortable | undefined): Promise<Result> {
  if (signal === undefined) return work
  if (signal.aborted) {
    work.catch(() => {}) // nobody waits for it
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** What a call may still spend on one kind of work, in milliseconds. */
export interface TimeBudget {
  readonly leftMs: number
  /** Runs work and takes off what it took of the time in which this process's event loop ran. */
  spend<Result>(work: (leftMs: number) => Promise<Result>): Promise<Result>
}

/** The share of a budget with which nothing can be begun any longer. */
const tooLittle = 0.02

export function createTimeBudget(ms: number, clock: Pick<Clock, 'monotonic'>): TimeBudget {
  let leftMs = ms
  return {
    get leftMs(): number {
      return leftMs
    },
    async spend(work) {
      const startedAt = clock.monotonic()
      const running = ms === Number.POSITIVE_INFINITY ? undefined : startTimer(leftMs, () => {})
      try {
        return await work(leftMs)
      } finally {
        running?.stop()
        const left = Math.max(leftMs - (clock.monotonic() - startedAt), running?.leftMs() ?? 0)
        leftMs = left < ms * tooLittle ? 0 : left
      }
    },
  }
}

/** What an `AbortSignal` tells those who wait; every `AbortSignal` fits. */
export interface Abortable {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * An abort that calls of several requests wait for, such as the end of an instance. Not an `AbortController`: on workers
 * one belongs to the request that made it, every other request that looks at its signal gets an error, and while modules
 * are loaded none can be made.
 */
export class SharedAbort implements Abortable {
  readonly #listeners = new Set<() => void>()
  #aborted: { reason: unknown } | undefined

  get aborted(): boolean {
    return this.#aborted !== undefined
  }

  get reason(): unknown {
    return this.#aborted?.reason
  }

  /** Listeners are called once at most. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(reason?: unknown): void {
    if (this.#aborted !== undefined) return
    this.#aborted = { reason }
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }
}

/**
 * Aborts a call's own controller, from whatever request. Where a worker does not allow that, the work goes on unseen: its
 * caller has its answer already, and what the work brings is thrown away.
 */
export function abortAnywhere(controller: AbortController | undefined, reason: unknown): void {
  try {
    controller?.abort(reason)
  } catch {}
}
