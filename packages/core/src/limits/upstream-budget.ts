import { RateLimitedError } from '../errors.js'
import { hashNameWith, subjectHash } from '../identity/token-key.js'
import type { Observer } from '../observer.js'
import { AdaptiveRate } from './adaptive-rate.js'
import type { LimitSettings } from './limit-settings.js'
import { createRequestSlots, type RequestSlots } from './request-slots.js'
import { retryAfterMs, secondsMs } from './retry-after.js'
import { createSharedRequestSlots } from './shared-request-slots.js'
import { createStoreAccess } from './store-access.js'
import { type Turn, WaitingLine } from './waiting-line.js'

// REST calls and what is answered to them delay requests for tokens by two seconds in all: one user's calls must not
// keep everybody else from a token.

/** How far ahead REST calls may move those that wait. */
const longestDebtMs = 1_000

/** How long the answer to a REST call holds requests for tokens back, and for how long they then go on at least. */
const longestHoldMs = 1_000

/** As much of an answer as says something about limits. */
export type AnswerHead = Pick<Response, 'status' | 'headers'>

/** What is known of one client id. Times are those of the monotonic clock. */
interface Client {
  /** The name under which its slots are counted. */
  readonly name: string
  readonly line: WaitingLine
  /** No request for a token before then, as the token endpoint has said. */
  stoppedUntil: number
  /** Nor before then, as the answer to a REST call has said. */
  heldUntil: number
  /** Since then somebody has been waiting. */
  waitingSince: number
}

/**
 * How many requests may leave for the platform, for each client id: the limit that was set, and the pauses that the
 * platform asks for. Requests for tokens wait for their slot; REST calls count, and neither wait nor stop.
 */
export class UpstreamBudget {
  readonly #settings: LimitSettings
  readonly #clients = new Map<string, Client>()
  readonly #hash: (text: string) => string
  /** `undefined`: there is no limit but the platform's pauses. */
  readonly #paced: { rate: AdaptiveRate; slots: RequestSlots } | undefined

  constructor({ settings, observer }: { settings: LimitSettings; observer: Pick<Observer, 'emit'> }) {
    this.#settings = settings
    this.#hash = hashNameWith(settings.cacheNameKey)
    this.#paced = pacedBy(settings, observer)
  }

  /** Whether the platform has asked for a pause that goes on. Throws if it lasts for what a caller has left. */
  pauses(clientId: string, leftMs: number): boolean {
    const ms = this.#stoppedMs(this.#clientOf(clientId))
    if (ms > 0 && ms >= leftMs) throw paused(ms)
    return ms > 0
  }

  /** Waits for a slot, first come, first served. Throws as soon as it is clear that this would last too long. */
  async waitForSlot(clientId: string, turn: Turn): Promise<void> {
    this.pauses(clientId, turn.leftMs())
    const client = this.#clientOf(clientId)
    const { line } = client
    const expectedMs = this.#expectedMs(line.ahead(turn))
    if (expectedMs > 0 && expectedMs >= turn.leftMs()) {
      throw limited(
        'too many requests to the platform are waiting for their turn (requestsPerSecond)',
        expectedMs,
      )
    }
    if (line.length === 0) client.waitingSince = this.#now()
    await line.enter(turn)
  }

  /**
   * A REST call leaves without having waited, and moves those who wait. However many there are, half of the slots are
   * left to them.
   */
  count(clientId: string): void {
    if (this.#paced === undefined) return
    const { rate, slots } = this.#paced
    const { name } = this.#clientOf(clientId)
    const one = { intervalMs: rate.leastIntervalMs, withinMs: longestDebtMs }
    void slots.reserve(`${name}:rest`, { ...one, intervalMs: 2 * one.intervalMs }).then((ahead) => {
      if (ahead <= longestDebtMs) void slots.reserve(name, one)
    })
  }

  /** The head of the token endpoint's answer: a pause that it asks for is obeyed in full, by all processes. */
  heed(clientId: string, answer: AnswerHead): void {
    if (answer.status === 429) this.#paced?.rate.halve()
    const ms = askedPauseMs(answer, this.#settings.clock.now())
    if (!ms) return // none, or one of no length
    const client = this.#clientOf(clientId)
    client.stoppedUntil = Math.max(client.stoppedUntil, this.#now() + ms)
    this.#paced?.slots.pause(client.name, ms)
  }

  /** The head of the answer to a REST call: it may hold this process's requests for tokens back for a moment. */
  heedRest(clientId: string, answer: AnswerHead): void {
    const ms = askedPauseMs(answer, this.#settings.clock.now())
    const client = this.#clientOf(clientId)
    // After each hold they go on for as long as one lasts at most, whatever the other REST calls are answered, and until
    // nobody waits any longer who was held.
    const wasHeld = client.line.length > 0 && client.heldUntil > client.waitingSince
    if (!ms || wasHeld || this.#now() < client.heldUntil + longestHoldMs) return
    client.heldUntil = this.#now() + Math.min(ms, longestHoldMs)
  }

  #now(): number {
    return this.#settings.clock.monotonic()
  }

  #stoppedMs({ stoppedUntil, heldUntil }: Client): number {
    return Math.max(0, Math.max(stoppedUntil, heldUntil) - this.#now())
  }

  /** How long it takes, as far as is known, until so many have gone. */
  #expectedMs(waiting: number): number {
    if (this.#paced === undefined) return 0
    const { rate, slots } = this.#paced
    return waiting * slots.reachedMs(rate.intervalMs)
  }

  #clientOf(clientId: string): Client {
    const known = this.#clients.get(clientId)
    if (known !== undefined) return known
    const { baseUrl, clock, timeouts } = this.#settings
    const name = subjectHash({ baseUrl, clientId, tenant: undefined, sub: null }, this.#hash)
    const line: WaitingLine = new WaitingLine({
      clock,
      slackMs: timeouts.cacheMs + 2_000,
      counter: {
        stoppedMs: () => this.#stoppedMs(client),
        reserve: async (withinMs) => {
          if (this.#paced === undefined) return 0
          const { rate, slots } = this.#paced
          return slots.reserve(name, {
            // asked for again where the store does not answer: the rate falls when it goes away
            get intervalMs() {
              return rate.intervalMs
            },
            withinMs,
            waiting: line.length,
          })
        },
        tooLate: (ms, stopped): Error =>
          stopped
            ? paused(ms)
            : limited(
                'the limit on requests to the platform is reached (requestsPerSecond)',
                Math.max(ms, this.#expectedMs(line.length)),
              ),
      },
    })
    const client: Client = { name, line, stoppedUntil: -Infinity, heldUntil: -Infinity, waitingSince: 0 }
    this.#clients.set(clientId, client)
    return client
  }
}

export function createUpstreamBudget(parts: {
  settings: LimitSettings
  observer: Pick<Observer, 'emit'>
}): UpstreamBudget {
  return new UpstreamBudget(parts)
}

function pacedBy(
  { clock, requestsPerSecond, limitStore: store, timeouts }: LimitSettings,
  observer: Pick<Observer, 'emit'>,
): { rate: AdaptiveRate; slots: RequestSlots } | undefined {
  if (requestsPerSecond === false) return undefined
  const rate = new AdaptiveRate(requestsPerSecond, clock)
  const own = createRequestSlots(clock)
  if (store === undefined) return { rate, slots: own }
  const access = createStoreAccess({
    ms: timeouts.cacheMs,
    monotonic: () => clock.monotonic(),
    onFailure: (reason) => observer.emit({ type: 'cache_failure', operation: 'limit', reason }),
    onAway: () => rate.goAlone(),
    onBack: () => rate.goBack(),
  })
  return { rate, slots: createSharedRequestSlots({ store, access, own, clock }) }
}

const paused = (ms: number): RateLimitedError =>
  limited('the platform has asked this client id to pause (429)', ms)

const limited = (message: string, ms: number): RateLimitedError =>
  new RateLimitedError(message, { retryAfterSeconds: Math.max(1, Math.ceil(ms / 1_000)) })

/** How long to stop after an answer that says to stop but not for how long: the platform counts by the second. */
const oneWindowMs = 1_000

/** More than this is no time until a reset but a time stamp, or nonsense. */
const longestResetMs = 24 * 60 * 60 * 1_000

/**
 * How long the platform allows no further request for a token, in milliseconds, by the head of any of its answers:
 * 429 (RFC 6585 §4), or an allowance that this answer has used up. `undefined`: it does not ask for a pause.
 */
export function askedPauseMs(answer: Pick<Response, 'status' | 'headers'>, now: number): number | undefined {
  const { status, headers } = answer
  if (status === 429) return retryAfterMs(headers, now) ?? resetMs(headers) ?? oneWindowMs
  const remaining = headers.get('ratelimit-remaining') ?? headers.get('x-ratelimit-remaining-second')
  return remaining?.trim() === '0' ? (resetMs(headers) ?? oneWindowMs) : undefined
}

function resetMs(headers: Headers): number | undefined {
  const ms = secondsMs(headers.get('ratelimit-reset') ?? '')
  return ms !== undefined && ms <= longestResetMs ? ms : undefined
}
