import { LRU } from 'tiny-lru'
import { outsideAsyncContext } from '#runtime'
import type { TokenKey } from '../cache/token-cache.js'
import { type TesouroTokensError, UpstreamUnavailableError } from '../errors.js'
import type { Clock } from '../lib/clock.js'
import { withDeadline } from '../lib/deadline.js'

/** Work for one key that any number of callers wait for. */
interface Flight<Result> {
  readonly key: TokenKey
  readonly startedAt: number
  readonly result: Promise<Result>
  readonly end: (error: TesouroTokensError) => void
}

/**
 * One piece of work at a time for each key. It belongs to no caller: it runs outside the callers' async context,
 * has a deadline of its own, and is not joined once it is older than that; a worker runtime may have frozen it.
 */
export interface Flights<Result> {
  /** The flight for this key if it can be joined. */
  find(key: TokenKey): Promise<Result> | undefined
  /** Starts a flight. Only where `find` has found none. */
  start(key: TokenKey, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>
  /** Ends the flights of a subject: their callers get the error, their results are thrown away. */
  endFor(subject: string, error: TesouroTokensError): void
  endAll(error: TesouroTokensError): void
}

export function createFlights<Result>({ clock, callMs }: { clock: Clock; callMs: number }): Flights<Result> {
  // No Map: one whose entries come and go all the time holds on to dead ones, and to all that they refer to, until the
  // whole heap is collected. This one is without a bound.
  const flights = new LRU<Flight<Result>>()
  const idOf = (key: TokenKey): string => `${key.subject} ${key.variant}`
  const remove = (flight: Flight<Result>): void => {
    if (flights.peek(idOf(flight.key)) === flight) flights.delete(idOf(flight.key))
  }

  const underWay = (): Flight<Result>[] => flights.values().filter((flight) => flight !== undefined)

  return {
    find(key) {
      const flight = flights.peek(idOf(key))
      if (flight === undefined || clock.monotonic() - flight.startedAt > callMs) return undefined
      return flight.result
    },

    start(key, work) {
      const controller = new AbortController()
      const result = outsideAsyncContext(() =>
        withDeadline(work, {
          ms: callMs,
          onTimeout: () => new UpstreamUnavailableError(`no token within ${callMs} ms`),
          parent: controller.signal,
        }),
      )
      const end = (error: TesouroTokensError): void => controller.abort(error)
      const flight: Flight<Result> = { key, startedAt: clock.monotonic(), result, end }
      flights.set(idOf(key), flight)
      const leave = (): void => remove(flight)
      result.then(leave, leave)
      return result
    },

    endFor(subject, error) {
      for (const flight of underWay()) {
        if (flight.key.subject !== subject) continue
        remove(flight)
        flight.end(error)
      }
    },

    endAll(error) {
      for (const flight of underWay()) {
        remove(flight)
        flight.end(error)
      }
    },
  }
}
