import { inspect } from 'node:util'
import { onTestFinished } from 'vitest'
import type { Credentials, CredentialsHolder, Settings } from '../../src/configuration/settings.js'
import type { TesouroTokensError } from '../../src/errors.js'
import type { TesouroTokensEvent } from '../../src/events.js'
import { systemClock } from '../../src/lib/clock.js'
import { createUpstreamBudget } from '../../src/limits/upstream-budget.js'
import { createObserver } from '../../src/observer.js'
import { createTokenEndpoint } from '../../src/token-endpoint/create-token-endpoint.js'
import type { TokenEndpoint, TokenGrant } from '../../src/token-endpoint/token-endpoint.js'
import { json, type Reply, type ScriptedServer, startServer } from './scripted-server.js'

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

export const goodAnswer: Readonly<Record<string, unknown>> = {
  access_token: 'granted-token',
  issued_token_type: accessTokenType,
  token_type: 'Bearer',
  expires_in: 3600,
}

export const secrets = {
  clientSecret: 'canary/Client+Secret~71c0ffee',
  widgetSecret: `${'5eC0de'.toLowerCase().repeat(10)}abcd`,
  subjectToken: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3ViamVjdCJ9.canary-signature',
  accessToken: 'canary-access-token-0123456789',
}

export const credentials: Credentials = {
  clientId: 'client-1',
  clientSecret: secrets.clientSecret,
  widgetKey: new Uint8Array(Buffer.from(secrets.widgetSecret, 'hex')),
}

export const fixed: CredentialsHolder = {
  current: async () => credentials,
  afterRefusal: async () => undefined,
}

type Overrides = Partial<Pick<Settings, 'fetch' | 'clock' | 'attempts' | 'baseUrl' | 'revocationUrl'>> & {
  perSecond?: number
  attemptMs?: number
  exchangeMs?: number
  credentials?: CredentialsHolder
}

export interface Rig {
  server: ScriptedServer
  endpoint: TokenEndpoint
  events: TesouroTokensEvent[]
  /** One for each time that a subject token was asked for. */
  subjectTokens: string[]
  exchange(options?: ExchangeOptions): Promise<TokenGrant>
}

interface ExchangeOptions {
  signal?: AbortSignal
  requestParameters?: Parameters<TokenEndpoint['exchange']>[0]['requestParameters']
  subjectToken?: () => Promise<string>
}

/** A token endpoint in front of a scripted server. */
export async function setUp(reply: Reply, overrides: Overrides = {}): Promise<Rig> {
  const server = await startServer(reply)
  onTestFinished(() => server.close())
  const events: TesouroTokensEvent[] = []
  const subjectTokens: string[] = []
  const {
    attemptMs = 5_000,
    exchangeMs = 10_000,
    credentials: holder = fixed,
    perSecond,
    ...given
  } = overrides
  const settings = {
    baseUrl: server.url,
    fetch: (input: string | URL | Request, init?: RequestInit) => fetch(input, init),
    clock: systemClock,
    timeouts: { attemptMs, exchangeMs, callMs: 20_000, cacheMs: 250 },
    attempts: 3,
    requestsPerSecond: perSecond ?? (false as const),
    limitStore: undefined,
    cacheNameKey: undefined,
    revocationUrl: new URL('v1/auth/revoke', server.url),
    ...given,
  } satisfies Partial<Settings>
  const observer = createObserver({ onEvent: (event) => events.push(event) })
  const budget = createUpstreamBudget({ settings, observer })
  const endpoint = createTokenEndpoint({ settings, credentials: holder, budget, observer })
  return {
    server,
    endpoint,
    events,
    subjectTokens,
    exchange: ({ signal, requestParameters, subjectToken } = {}) =>
      endpoint.exchange(
        {
          subjectToken: async () => {
            const token = (await subjectToken?.()) ?? `${secrets.subjectToken}-${subjectTokens.length}`
            subjectTokens.push(token)
            return token
          },
          requestParameters,
          user: 'user-1',
        },
        { signal: signal ?? new AbortController().signal },
      ),
  }
}

/** Answers with a token. */
export const grants: Reply = (response) => json(response, 200, goodAnswer)

/** The error that a promise must reject with. */
export async function errorOf(work: Promise<unknown>): Promise<TesouroTokensError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: TesouroTokensError) => ({ error }),
  )
  if ('value' in outcome) throw new Error(`resolved with ${inspect(outcome.value)} instead of rejecting`)
  return outcome.error
}

/** Everything that a log could make of an error. */
export const everythingAbout = (error: unknown): string =>
  [
    error instanceof Error ? `${error.message}\n${error.stack}\n${String(error.cause)}` : '',
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
  ].join('\n')
