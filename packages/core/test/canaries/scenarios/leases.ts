import {
  type LeaseAnswer,
  type LeaseOutcome,
  memoryTokenCache,
  type TesouroTokensErrorCode,
  type TokenCache,
} from '../../../src/index.js'
import { everySecret, hostileError, secrets, user } from '../secrets.js'
import { grants, type Scenarios } from '../stage.js'

/** A cache in another process, some of whose operations are scripted. */
const remote = (scripted: Partial<TokenCache>): TokenCache => ({
  ...memoryTokenCache(),
  local: false,
  ...scripted,
})

const held = (): LeaseAnswer => ({
  held: { renew: () => Promise.reject(hostileError()), release: () => Promise.reject(hostileError()) },
})

const elsewhere: readonly TesouroTokensErrorCode[] = [
  'token_endpoint',
  'rate_limited',
  'subject_token',
  'upstream_response',
  'configuration',
  'upstream_unavailable',
]

export const leases: Scenarios = {
  async 'an exchange that failed in another process'(stage) {
    const server = await stage.serve(grants)
    for (const code of elsewhere) {
      const failed = { code, kind: 'passing', retryAfterSeconds: 3, message: everySecret }
      let asked = 0
      const lease = async (): Promise<LeaseAnswer> =>
        asked++ === 0 ? { busy: true } : { outcome: { failed } as LeaseOutcome }
      const cache = remote({ lease })
      await stage.refused(code, () => stage.tokens(server, { cache }).getUserAccessToken(user))
    }
  },

  async 'a logout elsewhere while the lease was waited for'(stage) {
    let reads = 0
    const cache = remote({ lease: async () => held(), get: async () => ({ generation: `${reads++}` }) })
    const tokens = stage.tokens(await stage.serve(grants), { cache })
    await stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
  },

  async 'a store that did not take the token, and cannot be asked why'(stage) {
    let isAway = false
    const get = async (): Promise<{ generation: string }> => {
      if (isAway) throw new Error(everySecret)
      return { generation: 'one' }
    }
    const set = async (): Promise<boolean> => {
      isAway = true
      return false
    }
    const tokens = stage.tokens(await stage.serve(grants), { cache: remote({ get, set, lease: undefined }) })
    await stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
  },

  async 'a logout elsewhere before the token was stored'(stage) {
    let looks = 0
    const get = async (): Promise<{ generation: string }> => ({ generation: `${Math.floor(looks++ / 2)}` })
    const cache = remote({ get, set: async () => false, lease: undefined })
    const tokens = stage.tokens(await stage.serve(grants), { cache })
    await stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
  },

  async 'a cache that throws and answers rubbish full of secrets'(stage) {
    const server = await stage.serve(grants)
    const fails = (): Promise<never> => Promise.reject(hostileError())
    const rubbish = async (): Promise<never> => ({ value: everySecret, generation: [everySecret] }) as never
    const foreign = async (): Promise<never> => ({ value: everySecret, generation: 'g' }) as never
    for (const answer of [fails, rubbish, foreign]) {
      const cache = remote({ get: answer, set: fails, delete: fails, lease: answer, close: fails })
      const tokens = stage.tokens(server, { cache })
      await tokens.getUserAccessToken(user)
      await tokens.getAppAccessToken()
      await tokens.close()
    }
  },

  async 'a token in the cache that cannot be sent'(stage) {
    const stored = {
      ...{ v: 1, accessToken: `${secrets.accessToken}\r\nx-secret: ${everySecret}`, lifetimeMs: 3_600_000 },
      ...{ process: 'another', requestedAt: { now: Date.now(), monotonic: 0 } },
    }
    const cache = remote({ get: async () => ({ value: JSON.stringify(stored), generation: 'g' }) })
    const tokens = stage.tokens(undefined, { cache })
    await stage.refused('upstream_response', () => tokens.fetchAsUser(user, '/accounts'))
  },
}
