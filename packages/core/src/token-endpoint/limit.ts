/// <reference path="./rate-limiter-memory.d.ts" />
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import type { Clock } from '../clock.js'
import { detachable, pause } from '../deadline.js'
import { RateLimitedError } from '../errors.js'

/** How many requests may leave for the platform, for each client id: its own limit, and the pauses that it asks for. */
export interface Limit {
  /** The platform has answered 429: nothing leaves for this client id before the time is over. */
  block(clientId: string, ms: number): void
  /** Throws if a pause that the platform asked for is not over at `until`. */
  check(clientId: string, until: number): void
  /** Waits for a place, first come, first served. Throws as soon as it is clear that there is none before `until`. */
  place(clientId: string, options: { until: number; signal: AbortSignal }): Promise<void>
}

interface Client {
  blockedUntil: number
  waiting: number
  /** Settles when the last one in line has had its turn. */
  last: Promise<void>
}

/** Times (`until`) are those of the monotonic clock. */
export function createLimit(settings: { requestsPerSecond: number | false; clock: Clock }): Limit {
  const { requestsPerSecond, clock } = settings
  const windows = requestsPerSecond === false ? undefined : createWindows(requestsPerSecond)
  const clients = new Map<string, Client>()

  const clientOf = (clientId: string): Client => {
    const client = clients.get(clientId) ?? { blockedUntil: -Infinity, waiting: 0, last: Promise.resolve() }
    clients.set(clientId, client)
    return client
  }

  /** Milliseconds until the platform's pause is over. */
  const blockedFor = (clientId: string): number =>
    Math.max(0, clientOf(clientId).blockedUntil - clock.monotonic())

  const check = (clientId: string, until: number): void => {
    const ms = blockedFor(clientId)
    if (ms > 0 && clock.monotonic() + ms >= until) {
      throw limited('the platform asked this client to pause', ms)
    }
  }

  /** Waits in front of the line until nothing stands in the way. */
  const atTheFront = async (clientId: string, until: number, signal: AbortSignal): Promise<void> => {
    for (;;) {
      check(clientId, until)
      const blockedMs = blockedFor(clientId)
      const ms = blockedMs > 0 ? blockedMs : ((await windows?.take(clientId)) ?? 0)
      if (ms === 0) return
      if (clock.monotonic() + ms >= until)
        throw limited('the limit on requests to the platform is reached', ms)
      await pause(ms, signal)
    }
  }

  return {
    block(clientId, ms) {
      const client = clientOf(clientId)
      client.blockedUntil = Math.max(client.blockedUntil, clock.monotonic() + ms)
    },

    check,

    async place(clientId, { until, signal }) {
      check(clientId, until)
      const client = clientOf(clientId)
      const expectedMs = windows === undefined ? 0 : client.waiting * windows.msPerRequest
      if (clock.monotonic() + expectedMs >= until) {
        throw limited('too many requests to the platform are waiting', expectedMs)
      }
      const before = client.last
      let leave: () => void = () => {}
      client.last = new Promise((resolve) => {
        leave = resolve
      })
      client.waiting += 1
      try {
        await detachable(before, signal)
        await atTheFront(clientId, until, signal)
      } finally {
        client.waiting -= 1
        // Whoever gives up while still in line lets nobody pass those in front.
        before.then(leave)
      }
    },
  }
}

const limited = (message: string, ms: number): RateLimitedError =>
  new RateLimitedError(message, { retryAfterSeconds: Math.max(1, Math.ceil(ms / 1_000)) })

interface Windows {
  msPerRequest: number
  /** Takes a place now (0), or tells after how many milliseconds to ask again. */
  take(clientId: string): Promise<number>
}

/**
 * Counting in windows of a whole second would let twice the limit through around a window's edge. In windows of a
 * fifth, any second touches at most six of them: 30 requests at 25 a second, which is what the platform allows.
 */
function createWindows(requestsPerSecond: number): Windows {
  const points = Math.max(1, Math.floor(requestsPerSecond / 5))
  // One millisecond more, because the counter cuts times to whole milliseconds.
  const windowMs = (points / requestsPerSecond) * 1_000 + 1
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 })
  return {
    msPerRequest: windowMs / points,
    take: (clientId) =>
      limiter.consume(clientId).then(
        () => 0,
        // The counter goes by the wall clock; a clock that was set back must not stretch the wait.
        (full: { msBeforeNext: number }) => Math.min(Math.max(1, full.msBeforeNext), windowMs),
      ),
  }
}
