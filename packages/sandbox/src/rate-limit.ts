import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { type Answer, jsonAnswer } from './http/answer.js'

/** Requests a second for each client id, as the platform documents it. */
export const documentedLimit = 30

/** How much of a client's allowance is left. */
export interface LimitState {
  limit: number
  remaining: number
  /** Seconds until it is whole again. */
  reset: number
}

/** What the limiter says about a request. */
interface LimitVerdict {
  /** Goes out with the answer, whatever it is; `undefined` where nothing is limited. */
  state: LimitState | undefined
  /** The answer for a request that is one too many. */
  refusal: Answer | undefined
}

/** The platform's limit: so many requests a second for each client id. */
export interface RateLimit {
  /** Requests that no known client makes share one allowance. */
  take(clientId: string | undefined): Promise<LimitVerdict>
}

export function createRateLimit(perSecond: number | false): RateLimit {
  if (perSecond === false) return { take: async () => ({ state: undefined, refusal: undefined }) }
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 })
  return {
    async take(clientId) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(clientId ?? '')
        const state = { limit: perSecond, remaining: remainingPoints, reset: secondsOf(msBeforeNext) }
        return { state, refusal: undefined }
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const reset = secondsOf(error.msBeforeNext)
        return { state: { limit: perSecond, remaining: 0, reset }, refusal: limitExceeded(reset, perSecond) }
      }
    },
  }
}

/** The platform's 429. */
export function limitExceeded(retryAfterSeconds: number, perSecond: number): Answer {
  return jsonAnswer(
    429,
    { message: 'API rate limit exceeded' },
    {
      'retry-after': String(retryAfterSeconds),
      ...limitHeaders({ limit: perSecond, remaining: 0, reset: Math.max(1, retryAfterSeconds) }),
    },
  )
}

/** The limit as headers, in both of the forms that the platform sends. */
export function limitHeaders({ limit, remaining, reset }: LimitState): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(reset),
    'x-ratelimit-limit-second': String(limit),
    'x-ratelimit-remaining-second': String(remaining),
  }
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))
