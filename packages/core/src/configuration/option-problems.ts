import { isTokenCache } from '../cache/token-cache.js'
import { hexKeyProblem } from '../lib/hex-key.js'
import { hasMethods } from '../lib/option.js'
import { textProblem } from '../lib/text.js'
import { isPositive } from '../lib/time-problem.js'

/** What is wrong with one option, in words that follow its name and never hold its value. */
type Problem = string | undefined

export function environmentProblem(value: unknown): Problem {
  return value === 'sandbox' || value === 'production' ? undefined : "must be 'sandbox' or 'production'"
}

export function allowHttpProblem(value: unknown): Problem {
  if (typeof value !== 'boolean') return 'must be true or false'
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } }
  return value && process?.env?.NODE_ENV === 'production'
    ? 'is refused where NODE_ENV is production: secrets would cross the network readable'
    : undefined
}

export function secretProblem(value: unknown): Problem {
  const padded = typeof value === 'string' && value.trim() !== '' && value.trim() !== value
  return padded ? 'has white space or a line break around it' : textProblem(value)
}

/** Databases write null where there is no secret. */
export function widgetSecretProblem(value: unknown): Problem {
  return value === null
    ? undefined
    : hexKeyProblem(value, '64 hex digits are needed, as onboarding hands them out')
}

export function credentialsProblem(value: unknown): Problem {
  return typeof value === 'function'
    ? undefined
    : 'must be a function that returns { clientId, clientSecret, widgetSecret? }'
}

export function ownKeyProblem(value: unknown): Problem {
  return hexKeyProblem(value, '64 hex digits are needed, 32 random bytes')
}

const makers = 'signedSubjectToken(…), unsecuredSubjectToken(…) or subjectTokenFrom(…)'

export function subjectTokenProblem(value: unknown): Problem {
  if (typeof value === 'function') return 'is a function: wrap it in subjectTokenFrom(…)'
  if (typeof value === 'string') return `is a text, but every user needs a token of their own: give ${makers}`
  return hasMethods(value, ['ready', 'create']) ? undefined : `must come from ${makers}`
}

export const tenantProblem = (value: unknown): Problem => textProblem(value)

export function cacheProblem(value: unknown): Problem {
  if (!isTokenCache(value)) return storeProblem(value, 'TokenCache (get, set, delete and forget)')
  const wrong = (['lease', 'onForget', 'close'] as const).filter(
    (name) => value[name] !== undefined && typeof value[name] !== 'function',
  )
  return wrong.map((name) => `its ${name} must be a function`).join('\n') || undefined
}

export function limitStoreProblem(value: unknown): Problem {
  const is = hasMethods(value, ['reserve', 'pause', 'count'])
  return is ? undefined : storeProblem(value, 'LimitStore (reserve, pause and count)')
}

/** A store that was not awaited is the commonest mistake. */
const storeProblem = (value: unknown, needed: string): string =>
  value instanceof Promise ? `is a promise: await it first, to give a ${needed}` : `must be a ${needed}`

export function retryProblem(value: unknown): Problem {
  const attempts: unknown =
    typeof value === 'object' && value !== null && 'attempts' in value ? value.attempts : undefined
  return value === false || (Number.isInteger(attempts) && Number(attempts) >= 1 && Number(attempts) <= 10)
    ? undefined
    : 'must be false, or { attempts } with a whole number from 1 to 10'
}

export function requestsProblem(value: unknown): Problem {
  if (value === false || (Number.isInteger(value) && isPositive(value))) return undefined
  const text = 'must be false, or a whole number of at least 1'
  return typeof value === 'object' && value !== null
    ? `${text}; a shared store is the option limitStore`
    : text
}

export function clockProblem(value: unknown): Problem {
  return hasMethods(value, ['now', 'monotonic'])
    ? undefined
    : 'must have the functions now and monotonic, both giving milliseconds'
}
