import { ConfigurationError } from '../errors.js'
import { unknownNames } from '../lib/unknown-name.js'
import { mintProblemOfTokens } from './hook.js'
import type { WidgetTokenOptions } from './options.js'

// a record instead of a list: the compiler finds a name that is missing here
const names: Record<keyof WidgetTokenOptions<unknown>, true> = {
  tokens: true,
  getUser: true,
  allowedOrigins: true,
  mintLimit: true,
  onError: true,
  onRefusal: true,
}
const known: readonly string[] = Object.keys(names)

/**
 * Checks the options once, when the endpoint is made.
 *
 * @throws ConfigurationError with every problem found
 */
export function checkWidgetTokenOptions<Request, Context extends readonly unknown[]>(
  options: WidgetTokenOptions<Request, Context>,
): void {
  const problems = [...problemsOf(options)]
  if (problems.length > 0) throw new ConfigurationError(problems)
}

function* problemsOf(
  options: Partial<Record<keyof WidgetTokenOptions<unknown>, unknown>> | undefined,
): Generator<string> {
  if (typeof options !== 'object' || options === null) {
    yield 'the endpoint needs options: at least tokens and getUser'
    return
  }
  yield* unknownNames(options, known)
  const { tokens, getUser, allowedOrigins, mintLimit, onError, onRefusal } = options
  if (typeof tokens !== 'function' && !canMint(tokens)) {
    yield 'tokens has to be what createTesouroTokens or tesouroTokensFromEnv gives, or a function that gives one for a user'
  } else if (typeof tokens === 'object' && tokens !== null) {
    const problem = mintProblemOfTokens(tokens)
    if (problem !== undefined) yield `tokens cannot mint: ${problem}`
  }
  if (typeof getUser !== 'function') {
    yield 'getUser has to be a function: it says who is signed in, from your own session, never from the request body'
  }
  if (onError !== undefined && typeof onError !== 'function') yield 'onError has to be a function'
  if (onRefusal !== undefined && typeof onRefusal !== 'function') yield 'onRefusal has to be a function'
  yield* mintLimitProblems(mintLimit)
  if (Array.isArray(allowedOrigins)) {
    for (const [index, origin] of allowedOrigins.entries()) {
      const problem = originProblem(origin)
      if (problem !== undefined) yield `allowedOrigins[${index}] ${problem}`
    }
  } else if (allowedOrigins !== undefined && typeof allowedOrigins !== 'function') {
    yield 'allowedOrigins has to be an array of origins or a function'
  }
}

function canMint(tokens: unknown): boolean {
  return (
    typeof tokens === 'object' &&
    tokens !== null &&
    'mintWidgetToken' in tokens &&
    typeof tokens.mintWidgetToken === 'function'
  )
}

function* mintLimitProblems(mintLimit: unknown): Generator<string> {
  if (mintLimit === undefined || mintLimit === false) return
  const { perMinute, store }: { perMinute?: unknown; store?: unknown } =
    typeof mintLimit === 'object' && mintLimit !== null ? mintLimit : {}
  if (!Number.isSafeInteger(perMinute) || Number(perMinute) < 1) {
    yield 'mintLimit has to be false or { perMinute } with a whole number of at least 1'
  }
  if (store !== undefined)
    yield 'mintLimit has no store of its own: give createTesouroTokens the option limitStore'
}

/** What is wrong with an entry, said by the likely fix: browsers send exactly scheme, host and a port if it is not the default one. */
function originProblem(origin: unknown): string | undefined {
  if (typeof origin !== 'string') return 'has to be a string such as https://app.example.com'
  if (origin === '*') {
    return 'is *, which would let every website mint for your signed-in users: name each origin, or pass a function'
  }
  if (origin === 'null') {
    return 'is null, which any sandboxed frame can send: give the page an origin of its own and name that'
  }
  if (origin !== origin.trim()) return 'has a space around it: remove it'
  if (origin.includes('*')) return 'has a * in it: name each origin, or pass a function'
  const [, scheme, host, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^\\/?#\s]*)(.*)$/s.exec(origin) ?? []
  if (!scheme || !host) return 'has no scheme and host: write it as https://app.example.com'
  if (rest === '/') return 'ends with a slash: browsers send none, remove it'
  if (rest) return 'has something after the host: name the origin alone, without path or query'
  if (host.includes('@')) return 'has user info in it: name the origin alone'
  if (host.includes(',')) return 'has a comma in it: one origin an entry'
  if (/[A-Z]/.test(origin)) return 'has upper-case letters: browsers send lower case'
  if (/^https?$/.test(scheme)) return webOriginProblem(origin)
  return undefined
}

function webOriginProblem(origin: string): string | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url?.origin === origin) return undefined
  if (url !== undefined && url.port === '' && /:\d*$/.test(origin)) {
    return 'names the default port: browsers leave it out, remove it'
  }
  return 'is not written as browsers send it: use the value of location.origin on that page'
}
