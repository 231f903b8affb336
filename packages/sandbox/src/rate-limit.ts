import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { type Answer, jsonAnswer } from './http/answer.js'

/** Requests a second for each client id, as the platform documents it. */
export const documentedLimit = 30

/** What the limiter says about a request. */
interface LimitVerdict {
  /** To be set on the answer, whatever it is. */
  headers: Record<string, string>
  /** The answer for a request that is one too many. */
  refusal: Answer | undefined
}

/** The platform's limit: so many requests a second for each client id. */
export interface RateLimit {
  /** Requests that no known client makes share one allowance. */
  take(clientId: string | undefined): Promise<LimitVerdict>
}

export function createRateLimit(perSecond: number | false): RateLimit {
  if (perSecond === false) return { take: async () => ({ headers: {}, refusal: undefined }) }
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 })
  return {
    async take(clientId) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(clientId ?? '')
        const headers = limitHeaders(perSecond, remainingPoints, msBeforeNext)
        return { headers, refusal: undefined }
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const seconds = secondsOf(error.msBeforeNext)
        return {
          headers: limitHeaders(perSecond, 0, error.msBeforeNext),
          refusal: limitExceeded(seconds, perSecond),
        }
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
      ...limitHeaders(perSecond, 0, retryAfterSeconds * 1000),
    },
  )
}

function limitHeaders(limit: number, remaining: number, msBeforeNext: number): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(secondsOf(msBeforeNext)),
    'x-ratelimit-limit-second': String(limit),
    'x-ratelimit-remaining-second': String(remaining),
  }
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))
