import { outsideAsyncContext } from '#runtime'
import type { Clock } from '../lib/clock.js'
import { pause } from '../lib/deadline.js'

/** Those who wait for a place: first come, first served. Whoever gives up is gone from the line at once. */
export interface Line {
  readonly length: number
  /** Settles when it is this one's turn, or as soon as it is clear that it would have to wait beyond `until`. */
  enter(options: { until: number; signal: AbortSignal }): Promise<void>
}

interface Waiting {
  until: number
  admit(): void
  refuse(error: Error): void
}

/** Times (`until`) are those of the monotonic clock. */
export function createLine(parts: {
  clock: Clock
  /** After that much more time than was meant to pass, whoever served the line has been stopped on the way. */
  slackMs: number
  /** How long nobody may go at all. */
  stoppedMs(): number
  /** How long it is until the next one may go, whose turn it then is. */
  reserve(withinMs: number): Promise<number>
  /** For those whose time is over before then. */
  tooLate(ms: number, stopped: boolean): Error
}): Line {
  const { clock, slackMs, stoppedMs, reserve, tooLate } = parts
  const waiting = new Set<Waiting>()
  let serving: AbortController | undefined
  let overdueAt = 0

  const serve = async (me: AbortController): Promise<void> => {
    for (;;) {
      overdueAt = clock.monotonic() + slackMs
      const stopMs = stoppedMs()
      const ms = stopMs > 0 ? stopMs : await reserve(longestWait())
      if (serving !== me) return
      overdueAt += ms
      if (ms > 0) {
        refuseBefore(clock.monotonic() + ms, (late) => tooLate(late, stopMs > 0))
        if (waiting.size === 0) break
        await pause(ms, me.signal)
        if (serving !== me) return
      }
      // What was reserved before a stop is void: others have been told to stop, too.
      if (stopMs === 0 && stoppedMs() === 0) admitFirst()
      if (waiting.size === 0) break
    }
    serving = undefined
  }

  const longestWait = (): number => Math.max(...[...waiting].map(({ until }) => until)) - clock.monotonic()

  const refuseBefore = (at: number, error: (ms: number) => Error): void => {
    for (const one of [...waiting]) {
      if (at < one.until) continue
      waiting.delete(one)
      one.refuse(error(at - clock.monotonic()))
    }
  }

  const admitFirst = (): void => {
    const [first] = waiting
    if (first === undefined) return
    waiting.delete(first)
    first.admit()
  }

  const start = (): void => {
    serving?.abort()
    const me = new AbortController()
    serving = me
    // It serves all that come, so it stays in nobody's async context.
    outsideAsyncContext(() => serve(me)).catch((error: Error) => {
      if (serving !== me) return // stopped while it slept
      serving = undefined
      refuseBefore(Infinity, () => error)
    })
  }

  const leave = (one: Waiting): void => {
    waiting.delete(one)
    if (waiting.size > 0) return
    serving?.abort()
    serving = undefined
  }

  return {
    get length() {
      return waiting.size
    },

    enter({ until, signal }) {
      if (signal.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          leave(one)
          reject(signal.reason)
        }
        const settled = (): void => signal.removeEventListener('abort', onAbort)
        const one: Waiting = {
          until,
          admit() {
            settled()
            resolve()
          },
          refuse(error) {
            settled()
            reject(error)
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        waiting.add(one)
        // A worker runtime stops timers with the request that began them: then the next one serves the line.
        if (serving === undefined || clock.monotonic() > overdueAt) start()
      })
    },
  }
}
