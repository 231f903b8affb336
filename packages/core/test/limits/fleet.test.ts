import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createTesouroTokens,
  isTesouroTokensError,
  type TesouroTokens,
  type TesouroTokensOptions,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { settled } from './set-up.js'
import { SharedLimits } from './shared-limits.js'

// Processes in front of a simulated platform, by simulated timers: what they do depends on no machine.

const latencyMs = 20
const size = 4
const users = 100

/** The platform's limit: 30 requests in each second. */
class Platform {
  readonly requests: { window: number; refused: boolean; at: number }[] = []
  /** The next request is refused, with a pause of so many seconds. */
  pauseSeconds: number | undefined

  readonly fetch = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, latencyMs))
    const seconds = performance.now() / 1_000
    if (this.pauseSeconds !== undefined) {
      const headers = { 'retry-after': String(this.pauseSeconds) }
      this.pauseSeconds = undefined
      return Response.json({}, { status: 429, headers })
    }
    const window = Math.floor(seconds)
    const refused = this.requests.filter((one) => one.window === window && !one.refused).length >= 30
    this.requests.push({ window, refused, at: performance.now() })
    if (refused) {
      const headers = { 'retry-after': String(Math.ceil(window + 1 - seconds)) }
      return Response.json({}, { status: 429, headers })
    }
    return Response.json({
      access_token: 'token',
      token_type: 'Bearer',
      expires_in: 3_600,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
  }

  get refused(): number {
    return this.requests.filter(({ refused }) => refused).length
  }
}

const away = async (): Promise<never> => {
  throw new Error('away')
}

describe('processes that share a client id and cannot share its limit', () => {
  let platform: Platform
  let fleet: TesouroTokens[]

  beforeEach(() => {
    platform = new Platform()
  })
  afterEach(async () => {
    vi.useRealTimers()
    await Promise.all(fleet.map((tokens) => tokens.close()))
  })

  async function start(options: Partial<TesouroTokensOptions>): Promise<void> {
    fleet = Array.from({ length: size }, () =>
      createTesouroTokens({
        baseUrl: 'https://platform.example',
        clientId: 'client-1',
        clientSecret: 'secret',
        subjectToken: unsecuredSubjectToken(),
        fetch: platform.fetch,
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        ...options,
      }),
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    await vi.advanceTimersByTimeAsync(60_000)
    platform.requests.length = 0
  }

  /** Every user's first call at once in each process: what became of them, in order of arrival. */
  async function burst(each = users): Promise<PromiseSettledResult<unknown>[][]> {
    const calls = fleet.map((tokens) =>
      Promise.allSettled(
        Array.from({ length: each }, (_, n) =>
          tokens.getUserAccessToken({ sub: `user-${n}`, email: 'user@bank.example' }),
        ),
      ),
    )
    return settled(Promise.all(calls))
  }

  const cases: [name: string, options: Partial<TesouroTokensOptions>, refusedShare: number][] = [
    ['without a store', {}, 0.04],
    ['with a store that is away', { limitStore: { reserve: away, pause: away, count: away } }, 0.02],
  ]

  test.each(cases)(
    'answer it by a multiple of it, or fail altogether (%s)',
    async (_, options, refusedShare) => {
      await start(options)
      let all = 0
      for (const outcomes of await burst()) {
        const failed = outcomes.findIndex(({ status }) => status === 'rejected')
        const served = failed < 0 ? outcomes.length : failed
        all += served
        for (const outcome of outcomes.slice(served)) {
          expect(outcome.status === 'rejected' && isTesouroTokensError(outcome.reason, 'rate_limited')).toBe(
            true,
          )
        }
      }
      // Within a deadline of 15 seconds there is room for about 400.
      expect(all).toBeGreaterThan(300)
      expect(platform.refused).toBeGreaterThan(0)
      expect(platform.refused / platform.requests.length).toBeLessThanOrEqual(refusedShare)
      await vi.advanceTimersByTimeAsync(60_000)
      for (const outcomes of await burst()) {
        expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
      }
    },
  )

  test.each([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])(
    'send more than it allows in the second in which their store goes away (%i ms after it began)',
    async (ms) => {
      const store = new SharedLimits({ monotonic: () => performance.now() })
      await start({ limitStore: store })
      const goneAt = performance.now() + 3_000 + ms
      setTimeout(() => {
        store.failure = away
      }, 3_000 + ms)
      await burst()
      // Later they try how much they may ask for.
      const then = platform.requests.filter(({ at }) => at >= goneAt - 1_000 && at < goneAt + 2_000)
      expect(then.length).toBeGreaterThan(60)
      expect(then.filter(({ refused }) => refused)).toEqual([])
      const within = then.map(
        ({ at: from }) => then.filter(({ at }) => at >= from && at < from + 1_000).length,
      )
      expect(Math.max(...within)).toBeLessThanOrEqual(30)
    },
  )

  test.each([300, 600, 1_200, 5_000])(
    'stay slow, and fail, after their store was away for a moment (%i ms)',
    async (ms) => {
      const store = new SharedLimits({ monotonic: () => performance.now() })
      await start({ limitStore: store })
      setTimeout(() => {
        store.failure = away
      }, 1_000)
      setTimeout(() => {
        store.failure = undefined
      }, 1_000 + ms)
      const outcomes = (await burst(60)).flat()
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
      // Where some have noticed it and others have not, both rates count for half a second.
      expect(platform.refused / platform.requests.length).toBeLessThanOrEqual(0.02)
    },
  )

  test('send on during a pause of which they know, or could have heard, because their store was away', async () => {
    const store = new SharedLimits({ monotonic: () => performance.now() })
    await start({ limitStore: store })
    const [first, second] = fleet as [TesouroTokens, TesouroTokens]
    const call = (tokens: TesouroTokens): Promise<string> =>
      settled(
        tokens
          .getUserAccessToken({ sub: `user-${platform.requests.length}`, email: 'user@bank.example' })
          .then(({ accessToken }) => accessToken)
          .catch(({ code }) => code),
      )
    platform.pauseSeconds = 60
    store.failure = away
    expect(await call(first)).toBe('rate_limited')
    store.failure = undefined
    await vi.advanceTimersByTimeAsync(1_000)
    const before = platform.requests.length
    expect(await call(second)).toBe('rate_limited') // it could have heard of it
    store.failure = away
    for (let nth = 0; nth < 3; nth += 1) {
      await vi.advanceTimersByTimeAsync(2_000)
      expect(await call(second)).toBe('rate_limited') // it knows of it
    }
    expect(platform.requests).toHaveLength(before)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await call(second)).toBe('token')
  })
})
