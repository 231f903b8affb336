import * as z from 'zod/mini'
import { cacheProblem } from '../cache/token-cache.js'
import {
  asGiven,
  checkedBy,
  functionProblem,
  nested,
  type OptionShape,
  optional,
  optionsObject,
  rule,
  shapeOf,
  withDefault,
} from '../lib/option.js'
import { clockProblem, millisecondsProblem, secondsProblem } from '../lib/time-problem.js'
import { baseUrlOf, baseUrlProblem, isLoopback, pathProblem, urlBelow } from './base-url.js'
import {
  allowHttpProblem,
  credentialsProblem,
  environmentProblem,
  limitStoreProblem,
  ownKeyProblem,
  requestsProblem,
  retryProblem,
  secretProblem,
  subjectTokenProblem,
  tenantProblem,
  widgetSecretProblem,
} from './option-problems.js'
import type { TesouroCredentials, TesouroTimeouts, TesouroTokensOptions } from './options.js'

type Option<Name extends keyof TesouroTokensOptions> = NonNullable<TesouroTokensOptions[Name]>

const timeouts = shapeOf<TesouroTimeouts>()({
  attemptMs: withDefault<number>(millisecondsProblem, 5_000, 'One request to the token endpoint', 'ms'),
  exchangeMs: optional<number>(
    millisecondsProblem,
    'One exchange with all its attempts and its waiting for its turn under the limit',
    '15,000 ms',
  ),
  callMs: withDefault<number>(millisecondsProblem, 20_000, 'One call for a token, waiting included', 'ms'),
  cacheMs: withDefault<number>(
    millisecondsProblem,
    250,
    'One operation of a remote cache; also what a call spends on reading, and on writing, in all',
    'ms',
  ),
})

const shape = shapeOf<TesouroTokensOptions>()({
  environment: optional<Option<'environment'>>(
    environmentProblem,
    "Which of the platform's environments to talk to",
    'required, or `baseUrl`',
  ),
  baseUrl: optional<string>(
    baseUrlProblem,
    'Another base URL: `https:`, or `http:` on loopback; no user info, query or fragment',
    'required, or `environment`',
  ),
  allowHttp: withDefault<boolean>(
    allowHttpProblem,
    false,
    'Accepts an `http:` base URL whose host is not loopback',
  ),
  clientId: optional<string>(secretProblem, 'OAuth client id', 'required, or `credentials`'),
  clientSecret: optional<string>(secretProblem, 'OAuth client secret', 'required, or `credentials`'),
  widgetSecret: optional<string>(widgetSecretProblem, '64 hex digits (32 bytes); needed for minting'),
  credentials: optional<Option<'credentials'>>(
    credentialsProblem,
    'Returns the three above, for secret managers',
  ),
  credentialsMaxAgeSeconds: withDefault<number>(
    secondsProblem,
    60,
    'How old an answer of `credentials` may be, in seconds, before the function is called again in the background',
    's',
  ),
  subjectToken: optional<Option<'subjectToken'>>(subjectTokenProblem, 'Where subject tokens come from'),
  // its limits depend on the base URL: see the rules
  widgetTokenLifetimeSeconds: withDefault<number>(
    () => undefined,
    480,
    'How long a widget token lives, in seconds',
    's',
  ),
  cache: optional<Option<'cache'>>(cacheProblem, 'Where access tokens are kept', '`memoryTokenCache()`'),
  cacheNameKey: optional<string>(
    ownKeyProblem,
    '64 hex digits (32 bytes), the same in all processes that share a cache',
  ),
  auditKey: optional<string>(
    ownKeyProblem,
    '64 hex digits (32 bytes) under which events name users',
    'a key drawn at start',
  ),
  tenant: optional<string>(tenantProblem, 'Serves only this tenant'),
  waitUntil: optional<Option<'waitUntil'>>(functionProblem, 'Keeps background work alive after the response'),
  timeouts: nested(optionsObject(timeouts), 'Time limits, in milliseconds'),
  retry: withDefault<Option<'retry'> | false>(
    retryProblem,
    { attempts: 3 },
    'Maximum number of requests for one exchange, or `false` for one',
  ),
  requestsPerSecond: withDefault<number | false>(
    requestsProblem,
    25,
    'Requests a second towards the platform, for each client id',
  ),
  limitStore: optional<Option<'limitStore'>>(
    limitStoreProblem,
    "Counts `requestsPerSecond` and the endpoint's `mintLimit` for all processes together",
    'this process only',
  ),
  revocationPath: optional<string>(pathProblem, 'Path of the revocation endpoint (RFC 7009)'),
  onEvent: optional<Option<'onEvent'>>(functionProblem, 'Receives every event; events never contain secrets'),
  fetch: optional<Option<'fetch'>>(functionProblem, 'The `fetch` to use', 'the global one'),
  clock: optional<Option<'clock'>>(clockProblem, 'The clock, for tests', "the system's"),
})

/** Rules about several options. What is wrong with one of them alone is said above. */
const rules = [
  rule<TesouroTokensOptions>('environment', ({ environment, baseUrl }) => {
    if (environment === undefined && baseUrl === undefined)
      return "is missing: give 'sandbox' or 'production', or a base URL"
    return environment === undefined || baseUrl === undefined
      ? undefined
      : 'is given together with a base URL: give exactly one of the two'
  }),
  rule<TesouroTokensOptions>('baseUrl', (given) => {
    const url = baseUrlOf(given)
    return url?.protocol === 'http:' && !isLoopback(url) && !given.allowHttp
      ? 'must be https: (http: is for loopback hosts, and with allowHttp: true for a sandbox in a container of its own)'
      : undefined
  }),
  ...(['clientId', 'clientSecret', 'widgetSecret'] as const).map((name) =>
    rule<TesouroTokensOptions>(name, ({ credentials, [name]: value }) => {
      if (credentials !== undefined)
        return value === undefined
          ? undefined
          : 'is given together with credentials: give exactly one of the two'
      return value === undefined && name !== 'widgetSecret' ? 'is missing' : undefined
    }),
  ),
  rule<TesouroTokensOptions>('widgetTokenLifetimeSeconds', (given) => {
    const baseUrl = baseUrlOf(given)
    const least = baseUrl === undefined || isLoopback(baseUrl) ? 10 : 300
    const seconds = Number(given.widgetTokenLifetimeSeconds)
    if (Number.isInteger(given.widgetTokenLifetimeSeconds) && seconds >= least && seconds <= 600)
      return undefined
    return `must be a whole number of seconds from ${least} to 600${seconds >= 10_000 ? '; it looks like milliseconds' : ''}`
  }),
  rule<TesouroTokensOptions>('revocationPath', ({ revocationPath, ...given }) => {
    const below = baseUrlOf(given)
    if (below === undefined || revocationPath === undefined || pathProblem(revocationPath) !== undefined)
      return undefined
    return urlBelow(below, revocationPath) === undefined ? 'leaves the base URL' : undefined
  }),
]

/** The options after checking. */
export interface CheckedOptions extends TesouroTokensOptions {
  credentialsMaxAgeSeconds: number
  widgetTokenLifetimeSeconds: number
  timeouts: TesouroTimeouts & { attemptMs: number; callMs: number; cacheMs: number }
  retry: { attempts: number } | false
  requestsPerSecond: number | false
}

/** What is said of each option. */
export const optionShape: OptionShape<TesouroTokensOptions> = shape
/** What is said of each time limit. */
export const timeoutShape: OptionShape<TesouroTimeouts> = timeouts

/** The options of `createTesouroTokens`. */
export const optionsSchema: z.ZodMiniType<CheckedOptions, TesouroTokensOptions> = optionsObject(shape).check(
  ...rules,
)

/** The client's credentials, as the `credentials` function gives them. */
export const credentialsSchema: z.ZodMiniType<TesouroCredentials> = asGiven(
  z.object({
    clientId: checkedBy<string>(secretProblem),
    clientSecret: checkedBy<string>(secretProblem),
    widgetSecret: z.optional(checkedBy<string>(widgetSecretProblem)),
  }),
)
