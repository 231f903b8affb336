import { Buffer } from 'node:buffer'
import type { CredentialsHolder, Settings } from '../../../src/configuration/settings.js'
import { memoryTokenCache, type TesouroTokens } from '../../../src/index.js'
import type { UpstreamBudget } from '../../../src/limits/upstream-budget.js'
import { createTokenEndpoint } from '../../../src/token-endpoint/create-token-endpoint.js'
import { json, type Reply, raw } from '../../token-endpoint/scripted-server.js'
import { everySecret, hostileError, jwt, secrets, user } from '../secrets.js'
import { grant, grants, hangs, type Scenarios, type Stage } from '../stage.js'

const encoded = (text: string): string[] => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString('hex'),
  Buffer.from(text)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:'),
  Buffer.from(text).toString('base64'),
  Buffer.from(`x${text}`).toString('base64'),
  Buffer.from(`xx${text}`).toString('base64url'),
  text.toUpperCase(),
  text.slice(0, 14),
]

/** Headers that repeat everything. */
const hostileHeaders = {
  location: `https://elsewhere.example/?${encodeURIComponent(everySecret)}`,
  'retry-after': encodeURIComponent(everySecret),
  'www-authenticate': `Bearer realm="${everySecret}", error="${everySecret}"`,
  'x-request-id': everySecret,
  date: everySecret,
  'x-secrets': everySecret,
}

const exchangeAndApp = (tokens: TesouroTokens): (() => Promise<unknown>)[] => [
  () => tokens.getUserAccessToken(user),
  () => tokens.getAppAccessToken(),
]

async function refusedByPlatform(stage: Stage, reply: Reply): Promise<void> {
  const tokens = stage.tokens(await stage.serve(reply))
  for (const call of exchangeAndApp(tokens)) await stage.refused(undefined, call)
}

export const tokenEndpoint: Scenarios = {
  async 'refusals that repeat what was sent, in every form'(stage) {
    const { clientSecret, widgetSecret, actorToken } = secrets
    for (const secret of [clientSecret, widgetSecret, actorToken]) {
      for (const echo of encoded(secret)) {
        const members = { error: echo.slice(0, 60), error_description: `it was ${echo}`.slice(0, 190) }
        await refusedByPlatform(stage, (response, { body }) => {
          // what was not sent cannot be repeated
          const sent = secret !== actorToken || body.includes('actor_token')
          json(response, 400, sent ? members : {}, hostileHeaders)
        })
      }
    }
    await refusedByPlatform(stage, (response, { form }) => {
      const [header, , signature = ''] = form.get('subject_token')?.split('.') ?? []
      json(response, 401, { error: signature.slice(0, 60), error_description: `${header}, ${signature}` })
    })
    await refusedByPlatform(stage, (response) => {
      json(response, 400, { error: 'invalid_grant', error_description: everySecret, hint: everySecret })
    })
  },

  async 'statuses, each with every secret in headers and body'(stage) {
    for (const status of [201, 204, 302, 307, 308, 400, 401, 403, 404, 408, 418, 429, 500, 503]) {
      for (const type of ['application/json', 'text/html']) {
        await refusedByPlatform(stage, (response) => {
          const body = status === 204 ? '' : JSON.stringify({ everySecret, error: { message: everySecret } })
          raw(response, status, body, { ...hostileHeaders, 'content-type': type })
        })
      }
    }
  },

  async 'request ids that repeat a secret'(stage) {
    for (const secret of [secrets.clientSecret, secrets.widgetSecret]) {
      const headers = { 'x-request-id': secret }
      await refusedByPlatform(stage, (response) => json(response, 400, { error: 'invalid_grant' }, headers))
      await refusedByPlatform(stage, (response) => raw(response, 200, '', headers))
      await refusedByPlatform(stage, (response) => raw(response, 503, '', headers))
    }
  },

  async 'answers with a member that cannot be used'(stage) {
    for (const members of [
      { access_token: `${everySecret} ` },
      { access_token: [everySecret] },
      { token_type: everySecret },
      // a token that has expired already
      { access_token: jwt({ exp: 1, note: everySecret }) },
      { expires_in: everySecret },
      { expires_in: { everySecret } },
    ]) {
      await refusedByPlatform(stage, (response, { form }) => grant(response, form, members))
    }
    const server = await stage.serve((response, { form }) => {
      grant(response, form, { issued_token_type: everySecret })
    })
    await stage.refused('upstream_response', () => stage.tokens(server).getUserAccessToken(user))
    await refusedByPlatform(stage, (response) => raw(response, 200, everySecret))
  },

  async 'answers that are too large, said at once and not'(stage) {
    const flood = `${everySecret} `.repeat(200)
    await refusedByPlatform(stage, (response) =>
      raw(response, 200, flood, { 'content-length': `${flood.length}` }),
    )
    await refusedByPlatform(stage, (response) => raw(response, 200, flood, hostileHeaders))
  },

  async 'a fetch that throws what it was given'(stage) {
    const { clientSecret, ownSubjectToken, widgetSecret, actorToken } = secrets
    const own = { ...user, subjectToken: ownSubjectToken }
    for (const code of [clientSecret, ownSubjectToken, widgetSecret, actorToken]) {
      for (const thrown of [hostileError(code), everySecret, { code: hostileError(code) }]) {
        const fetch = async (): Promise<never> => {
          throw thrown
        }
        const tokens = stage.tokens(undefined, { fetch })
        await stage.refused('upstream_unavailable', () => tokens.getUserAccessToken(own))
        if (code === clientSecret)
          await stage.refused('upstream_unavailable', () => tokens.getAppAccessToken())
      }
    }
    const none = stage.tokens(undefined, { fetch: async () => Response.error() })
    await stage.refused('upstream_response', () => none.getAppAccessToken())
  },

  async 'a platform that is silent'(stage) {
    const server = await stage.serve(hangs)
    for (const timeouts of [{ attemptMs: 20 }, { attemptMs: 5_000, exchangeMs: 20 }]) {
      // a place in line would be later than 20 ms
      for (const call of exchangeAndApp(stage.tokens(server, { timeouts, requestsPerSecond: false }))) {
        await stage.refused('upstream_unavailable', call)
      }
    }
  },

  async 'a revocation that is refused'(stage) {
    const server = await stage.serve((response, { path, form }) => {
      const echo = { error: 'invalid_token', error_description: form.get('token') }
      path.endsWith('/revoke') ? json(response, 400, echo, hostileHeaders) : grant(response, form)
    })
    const tokens = stage.tokens(server, { revocationPath: '/v1/auth/revoke' })
    await tokens.getUserAccessToken(user)
    const { failed } = await tokens.forgetUser(user, { revoke: true })
    if (failed !== 1) throw new Error('the revocation was not refused')
  },

  // `forgetUser` refuses before it comes to this; the token endpoint does not rely on that
  async 'a revocation without a path'(stage) {
    const server = await stage.serve(grants)
    const clock = { now: () => 0, monotonic: () => 0 }
    const settings = {
      baseUrl: server.url,
      fetch,
      clock,
      attempts: 1,
      revocationUrl: undefined,
    }
    const timeouts = { attemptMs: 1, exchangeMs: 1, callMs: 1, cacheMs: 1 }
    const endpoint = createTokenEndpoint({
      settings: { ...settings, timeouts } as unknown as Settings,
      credentials: {} as CredentialsHolder,
      budget: {} as UpstreamBudget,
      observer: { listening: false, emit: () => {}, nameOf: () => undefined },
    })
    const signal = AbortSignal.timeout(1_000)
    await stage.refused('configuration', () =>
      endpoint.revoke(secrets.accessToken, { signal, user: undefined }),
    )
  },

  async 'credentials that are out of date, and a function that then throws'(stage) {
    const server = await stage.serve((response) => {
      json(response, 401, { error: 'invalid_client', error_description: everySecret })
    })
    let asked = 0
    const tokens = stage.tokens(server, {
      cache: memoryTokenCache(),
      credentials: () => {
        asked += 1
        if (asked > 1) throw hostileError()
        const { clientSecret, widgetSecret } = secrets
        return { clientId: 'client-1', clientSecret, widgetSecret }
      },
    })
    for (const call of exchangeAndApp(tokens)) await stage.refused('token_endpoint', call)
  },
}
