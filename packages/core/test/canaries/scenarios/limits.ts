import { json } from '../../token-endpoint/scripted-server.js'
import { everySecret, user } from '../secrets.js'
import { grants, type Scenarios } from '../stage.js'

const userOf = (n: number): typeof user => ({ ...user, sub: `${user.sub}-${n}` })
/** Whose turn is last depends on whose subject token is signed last. */
const atOnce = (times: number, call: (n: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: times }, (_, n) => call(n)))

/** Stands still, so that a deadline on it is never reached and only timers count. */
const still = { now: () => 1_800_000_000_000, monotonic: () => 1_000 }

export const limits: Scenarios = {
  async 'a pause that the platform asked for'(stage) {
    const server = await stage.serve((response) => {
      json(response, 429, { message: everySecret }, { 'retry-after': '3600', 'x-secrets': everySecret })
    })
    const tokens = stage.tokens(server)
    await stage.refused('rate_limited', () => tokens.getUserAccessToken(user))
    await stage.refused('rate_limited', () => tokens.getUserAccessToken(userOf(2)))
  },

  async 'no slot before the deadline'(stage) {
    const tokens = stage.tokens(await stage.serve(grants), {
      clock: still,
      requestsPerSecond: 1,
      timeouts: { exchangeMs: 1_100 },
    })
    await tokens.getUserAccessToken(user)
    await stage.refused('rate_limited', () => tokens.getUserAccessToken(userOf(2)))
  },

  async 'a line that is too long'(stage) {
    const tokens = stage.tokens(await stage.serve(grants), {
      clock: still,
      requestsPerSecond: 1,
      timeouts: { exchangeMs: 60_500 },
    })
    await stage.refused('rate_limited', () => atOnce(63, (n) => tokens.getUserAccessToken(userOf(n))))
  },

  async 'a shared limit that says nothing for as long as the call may take'(stage) {
    const silent = (): Promise<never> => new Promise(() => {})
    const store = { reserve: silent, pause: silent, count: silent }
    const tokens = stage.tokens(await stage.serve(grants), {
      requestsPerSecond: 1,
      limitStore: store,
      timeouts: { exchangeMs: 300, cacheMs: 5_000 },
    })
    await stage.refused('rate_limited', () => tokens.getUserAccessToken(user))
  },

  async 'a slot that does not come in time'(stage) {
    const tokens = stage.tokens(await stage.serve(grants), {
      clock: still,
      requestsPerSecond: 1,
      timeouts: { exchangeMs: 1_500 },
    })
    await stage.refused('rate_limited', () => atOnce(3, (n) => tokens.getUserAccessToken(userOf(n))))
  },
}
