import type { WidgetTokenOptions } from '@tesouro-tokens/core'
import { type TesouroTokens, type TesouroUser, tesouroTokensFromEnv } from '@tesouro-tokens/core'

// The application's half of an adapter under test: everything that an application would configure. It needs a
// scenario's name and environment variables and nothing else, so that it also works in a server that runs in
// a process of its own. It imports no test runner for the same reason.

/** How the endpoint is configured for a group of requests. */
export type AdapterScenario = 'plain' | 'origins' | 'limited' | 'tenants'

/** Options that fit every framework's request and context. */
export type AdapterOptions = WidgetTokenOptions<unknown, readonly unknown[]>

/** Origins that the scenario `origins` allows. */
export const allowedOrigins: readonly string[] = ['https://app.example', 'capacitor://localhost']

/** Tokens for each user in the scenario `limited`. */
export const mintsPerMinute = 3

/** The header that stands for a session cookie. Only the suite's own "browser" can set it. */
export const sessionHeader = 'x-test-user'

/** The user who learns how many tokens were asked for before, as the claim `counted`. Not counted and never limited out. */
export const auditor = 'auditor'

/** What has happened in the process of the subject. */
export interface Counted {
  /** Calls of `mintWidgetToken`. */
  mints: number
  /** Calls of `getUser`. */
  lookups: number
  /** Calls of `onError`. */
  errors: number
}

const alice: TesouroUser = { sub: 'alice', email: 'alice@example.com', tenant: 'north' }

/** Who is signed in, by the value of the session header. */
const sessions: Readonly<Record<string, () => TesouroUser | null>> = {
  alice: () => alice,
  bob: () => ({ sub: 'bob', email: 'bob@example.com', tenant: 'south' }),
  'alice-south': () => ({ ...alice, tenant: 'south' }),
  'alice-nowhere': () => ({ ...alice, tenant: 'nowhere' }),
  'no-email': () => ({ sub: 'no-email', email: '' }),
  'browser-shape': () => ({ userId: 'alice', userEmail: 'alice@example.com' }) as unknown as TesouroUser,
  'session-store-down': () => {
    throw new Error('canary-of-the-session-store')
  },
  'provider-down': () => ({
    ...alice,
    subjectToken: () => Promise.reject(new Error('canary-of-the-provider')),
  }),
}

/**
 * The options for a scenario. `env` holds the variables of each tenant's client as JSON, under the names that
 * `describeAdapter` gives them.
 */
export function adapterOptions(
  scenario: AdapterScenario,
  env: Readonly<Record<string, string | undefined>>,
): AdapterOptions {
  const counted: Counted = { mints: 0, lookups: 0, errors: 0 }
  const tokensOf = (tenant: 'north' | 'south'): TesouroTokens =>
    counting(tesouroTokensFromEnv({ env: JSON.parse(env[`CONFORMANCE_${tenant}`] ?? '{}') }), counted)
  const tokens = { north: tokensOf('north'), south: tokensOf('south') }

  const options: AdapterOptions = {
    tokens: tokens.north,
    mintLimit: false,
    onError: () => {
      counted.errors += 1
    },
    async getUser(request) {
      const session = headerOf(request, sessionHeader)
      if (session === auditor) return { ...alice, sub: auditor, claims: { counted: { ...counted } } }
      counted.lookups += 1
      return session !== undefined && Object.hasOwn(sessions, session)
        ? (sessions[session]?.() ?? null)
        : null
    },
  }
  switch (scenario) {
    case 'plain':
      return options
    case 'origins':
      return { ...options, allowedOrigins }
    case 'limited':
      return { ...options, mintLimit: { perMinute: mintsPerMinute } }
    case 'tenants':
      return {
        ...options,
        tokens: ({ tenant }) => {
          if (tenant === 'north' || tenant === 'south') return tokens[tenant]
          throw new Error('no such tenant')
        },
      }
  }
}

/** The same tokens; calls that mint for anybody but the auditor are counted before anything else happens. */
function counting(tokens: TesouroTokens, counted: Counted): TesouroTokens {
  return new Proxy(tokens, {
    get(target, name) {
      if (name === 'mintWidgetToken') {
        return (user: TesouroUser) => {
          if (user.sub !== auditor) counted.mints += 1
          return target.mintWidgetToken(user)
        }
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A header of any framework's request: `Headers` or a record. */
function headerOf(request: unknown, name: string): string | undefined {
  const { headers } = request as { headers: Headers | Record<string, string | undefined> }
  return headers instanceof Headers || typeof headers.get === 'function'
    ? ((headers as Headers).get(name) ?? undefined)
    : headers[name]
}
