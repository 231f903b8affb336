import type { Timers } from './clock.js'
import { type Abortable, abortAnywhere } from './shared-abort.js'

/** What counts for a time limit: all time, or only time in which this process's event loop runs. */
type TimeCounted = 'all' | 'running'

/** How much one turn of the event loop counts where only running time does: what it takes longer, it stood still. */
const turnMs = 25

/**
 * Runs work under a time limit. The work gets a signal that is aborted when the time is over or `parent` is
 * aborted; the result settles then, even if the work pays no attention to its signal. `counts`: default `all`.
 */
export function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  options: { ms: number; onTimeout: () => Error; parent?: Abortable | undefined; counts?: TimeCounted },
): Promise<Result> {
  const { ms, onTimeout, parent, counts = 'all' } = options
  if (parent?.aborted) return Promise.reject(parent.reason)
  return new Promise<Result>((resolve, reject) => {
    const controller = new AbortController()
    const stop = (reason: unknown): void => {
      clear()
      abortAnywhere(controller, reason)
      reject(reason)
    }
    const onAbort = (): void => stop(parent?.reason)
    const timer = startTimer(ms, counts, () => stop(onTimeout()))
    const clear = (): void => {
      timer.stop()
      parent?.removeEventListener('abort', onAbort)
    }
    parent?.addEventListener('abort', onAbort, { once: true })
    new Promise<Result>((start) => start(work(controller.signal))).then(resolve, reject).finally(clear)
  })
}

/** A time limit under way. */
interface Timer {
  /** Ends it, and tells how much has been counted at most, with the turn under way, in milliseconds. */
  stop(): number
}

/**
 * Calls back when the time is over. Running time is counted in short turns, so that a process that has stood still looks
 * for what has arrived before it calls anything late.
 */
export function startTimer(ms: number, counts: TimeCounted, onOver: () => void): Timer {
  const longest = counts === 'all' ? ms : turnMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let counted = 0
  const count = (): void => {
    const turn = Math.min(longest, ms - counted)
    timer = setTimeout(() => {
      counted += turn
      if (counted < ms) count()
      else onOver()
    }, turn)
  }
  count()
  return {
    stop() {
      clearTimeout(timer)
      return counted + longest
    },
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
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Waits for shared work until the caller's own signal is aborted; the work itself goes on. */
export function detachable<Result>(work: Promise<Result>, signal: Abortable | undefined): Promise<Result> {
  if (signal === undefined) return work
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
