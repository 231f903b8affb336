import type { Settings } from '../configuration/settings.js'
import { RateLimitedError } from '../errors.js'
import { subjectHash } from '../identity/token-key.js'
import type { Observer } from '../observer.js'
import { askedPauseMs } from './asked-pause.js'
import { createPlaces, type Places } from './request-slots.js'
import { createSharedPlaces } from './shared-request-slots.js'
import { createLine, type Line } from './waiting-line.js'

/** How far ahead requests that do not wait may move those that do, so that some of these always get through. */
const longestDebtMs = 1_000

/**
 * How many requests may leave for the platform, for each client id: the limit that was set, and the pauses that the
 * platform asks for. Requests for tokens wait for their place; REST calls count, and neither wait nor stop.
 */
export interface UpstreamBudget {
  /** Throws if a pause that the platform asked for is not over at `until`. */
  check(clientId: string, until: number): void
  /** Waits for a place, first come, first served. Throws as soon as it is clear that this would last beyond `until`. */
  place(clientId: string, options: { until: number; signal: AbortSignal }): Promise<void>
  /** A request leaves without having waited. */
  count(clientId: string): void
  /** The head of an answer, whatever it answers: it may ask for a pause. */
  heed(clientId: string, answer: Pick<Response, 'status' | 'headers'>): void
}

interface Client {
  stoppedUntil: number
  line: Line
  /** The name under which its places are counted. */
  key: string
}

/** Times (`until`) are those of the monotonic clock. */
export function createUpstreamBudget(parts: {
  settings: Pick<Settings, 'baseUrl' | 'clock' | 'requestsPerSecond' | 'timeouts'>
  observer: Observer
}): UpstreamBudget {
  const { baseUrl, clock, requestsPerSecond, timeouts } = parts.settings
  const intervalMs = requestsPerSecond === false ? 0 : 1_000 / requestsPerSecond.perSecond
  const places = createPlacesFor(parts, intervalMs)
  const clients = new Map<string, Client>()

  const clientOf = (clientId: string): Client => {
    const known = clients.get(clientId)
    if (known !== undefined) return known
    const key = subjectHash({ baseUrl, clientId, tenant: undefined, sub: null })
    const client: Client = {
      stoppedUntil: -Infinity,
      key,
      line: createLine({
        clock,
        slackMs: timeouts.cacheMs + 2_000,
        stoppedMs: () => stoppedMs(client),
        reserve: async (withinMs) => (await places?.reserve(key, withinMs)) ?? 0,
        tooLate: (ms, stopped) =>
          stopped
            ? paused(ms)
            : limited(
                'the limit on requests to the platform is reached (requestsPerSecond)',
                Math.max(ms, client.line.length * intervalMs),
              ),
      }),
    }
    clients.set(clientId, client)
    return client
  }

  const stoppedMs = ({ stoppedUntil }: Client): number => Math.max(0, stoppedUntil - clock.monotonic())

  const check = (clientId: string, until: number): void => {
    const ms = stoppedMs(clientOf(clientId))
    if (ms > 0 && clock.monotonic() + ms >= until) throw paused(ms)
  }

  return {
    check,

    async place(clientId, { until, signal }) {
      check(clientId, until)
      const { line } = clientOf(clientId)
      const expectedMs = line.length * intervalMs
      if (expectedMs > 0 && clock.monotonic() + expectedMs >= until) {
        throw limited(
          'too many requests to the platform are waiting for their turn (requestsPerSecond)',
          expectedMs,
        )
      }
      await line.enter({ until, signal })
    },

    count(clientId) {
      void places?.reserve(clientOf(clientId).key, longestDebtMs)
    },

    heed(clientId, answer) {
      const ms = askedPauseMs(answer, clock.now())
      if (ms === undefined) return
      const client = clientOf(clientId)
      client.stoppedUntil = Math.max(client.stoppedUntil, clock.monotonic() + ms)
      places?.pause?.(client.key, ms)
    },
  }
}

function createPlacesFor(
  { settings, observer }: Parameters<typeof createUpstreamBudget>[0],
  intervalMs: number,
): Places | undefined {
  const { clock, requestsPerSecond, timeouts } = settings
  if (requestsPerSecond === false) return undefined
  const own = createPlaces({ intervalMs, clock })
  const { store } = requestsPerSecond
  if (store === undefined) return own
  return createSharedPlaces({ store, own, intervalMs, cacheMs: timeouts.cacheMs, clock, observer })
}

const paused = (ms: number): RateLimitedError =>
  limited('the platform has asked this client id to pause (429)', ms)

const limited = (message: string, ms: number): RateLimitedError =>
  new RateLimitedError(message, { retryAfterSeconds: Math.max(1, Math.ceil(ms / 1_000)) })
