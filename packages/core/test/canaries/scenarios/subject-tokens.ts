import { vi } from 'vitest'
import { subjectTokenFrom, unsecuredSubjectToken } from '../../../src/index.js'
import { watchNodeCrypto } from '../../watch-builtin.js'
import { email, everySecret, hostileError, jwt, secrets, sub, user } from '../secrets.js'
import { hangs, type Scenarios } from '../stage.js'

const exp = 4_102_444_800
const claims = { sub, email, exp, note: everySecret }

/** Tokens that are refused, each for a reason of its own; every one repeats every secret. */
const refusedTokens: unknown[] = [
  { everySecret },
  everySecret,
  jwt({ ...claims, padding: everySecret.repeat(50) }),
  `${secrets.ownSubjectToken.replace('.', '!')}`,
  `${jwt(claims)}.${secrets.ownSubjectToken}`,
  jwt(claims, { typ: everySecret }),
  jwt(claims, { alg: 'none' }),
  jwt(claims, { alg: 'nOnE', kid: everySecret }),
  jwt(claims, { alg: everySecret }, ''),
  jwt({ [everySecret]: everySecret }),
  jwt({ ...claims, sub: everySecret }),
  jwt({ ...claims, email: everySecret }),
  jwt({ ...claims, exp: exp * 1_000 }),
  jwt({ ...claims, exp: 1 }),
  jwt({ ...claims, nbf: exp }),
  `${Buffer.from(everySecret).toString('base64url')}.${Buffer.from(everySecret).toString('base64url')}.x`,
]

export const subjectTokens: Scenarios = {
  async 'tokens made elsewhere that are not acceptable'(stage) {
    for (const token of refusedTokens) {
      for (const subjectToken of [subjectTokenFrom(() => token as string), unsecuredSubjectToken()]) {
        const tokens = stage.tokens(undefined, { subjectToken })
        const asked = { ...user, subjectToken: () => token as string }
        await stage.refused('subject_token', () => tokens.mintWidgetToken(asked))
        await stage.refused('subject_token', () => tokens.getUserAccessToken(asked))
        if (typeof token === 'string') {
          await stage.refused('subject_token', () => tokens.mintWidgetToken({ ...user, subjectToken: token }))
        }
        if (subjectToken.foreign) await stage.refused('subject_token', () => tokens.getUserAccessToken(user))
      }
    }
  },

  async 'functions that throw'(stage) {
    const fails = (): never => {
      throw hostileError(secrets.providersSubjectToken)
    }
    for (const given of [fails, async () => fails()]) {
      const tokens = stage.tokens(undefined, { subjectToken: subjectTokenFrom(given) })
      await stage.refused('subject_token', () => tokens.mintWidgetToken(user))
      await stage.refused('subject_token', () => tokens.getUserAccessToken({ ...user, subjectToken: given }))
    }
  },

  async 'a signature that cannot be made'(stage) {
    const tokens = stage.tokens(undefined)
    await tokens.ready()
    const { subtle } = crypto
    const original = subtle.sign.bind(subtle)
    const sign = vi.spyOn(subtle, 'sign').mockImplementation(async (algorithm, key, data) => {
      // events name users by an HMAC, which is not what fails here
      if (algorithm === 'HMAC') return original(algorithm, key, data)
      throw hostileError(secrets.signingKey)
    })
    const byNode = watchNodeCrypto('sign')
    byNode.mockImplementation(() => {
      throw hostileError(secrets.signingKey)
    })
    try {
      await stage.refused('subject_token', () => tokens.mintWidgetToken(user))
    } finally {
      byNode[Symbol.dispose]()
      sign.mockRestore()
    }
  },

  async 'good tokens of a provider and of the user, which the platform does not answer'(stage) {
    const server = await stage.serve(hangs)
    const subjectToken = subjectTokenFrom(() => secrets.providersSubjectToken)
    const tokens = stage.tokens(server, { subjectToken, timeouts: { attemptMs: 30 } })
    await stage.refused('upstream_unavailable', () => tokens.getUserAccessToken(user))
    const own = { ...user, subjectToken: secrets.ownSubjectToken }
    await stage.refused('upstream_unavailable', () => tokens.getUserAccessToken(own))
    await tokens.mintWidgetToken(own)
  },
}
