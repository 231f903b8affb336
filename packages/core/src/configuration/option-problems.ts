import { textProblem } from '../lib/given.js'
import { hexKeyProblem } from '../lib/hex-key.js'
import { hasMethods, isCount, isFunction, type ProblemOf, unless } from '../lib/option.js'
import { storeProblem } from '../lib/store-problem.js'

type Problem = ReturnType<ProblemOf>

export const environmentProblem: ProblemOf = unless(
  (value) => value === 'sandbox' || value === 'production',
  "must be 'sandbox' or 'production'",
)

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

export const credentialsProblem: ProblemOf = unless(
  isFunction,
  'must be a function that returns { clientId, clientSecret, widgetSecret? }',
)

export const ownKeyProblem: ProblemOf = (value) => hexKeyProblem(value)

const makers = 'signedSubjectToken(…), unsecuredSubjectToken(…) or subjectTokenFrom(…)'

export function subjectTokenProblem(value: unknown): Problem {
  if (typeof value === 'function') return 'is a function: wrap it in subjectTokenFrom(…)'
  if (typeof value === 'string') return `is a text, but every user needs a token of their own: give ${makers}`
  return hasMethods(value, ['ready', 'create']) ? undefined : `must come from ${makers}`
}

export const tenantProblem: ProblemOf = (value) => textProblem(value)

export const limitStoreProblem: ProblemOf = (value) =>
  storeProblem(value, 'LimitStore', ['reserve', 'pause', 'count'])

export function retryProblem(value: unknown): Problem {
  const attempts: unknown =
    typeof value === 'object' && value !== null && 'attempts' in value ? value.attempts : undefined
  return value === false || (isCount(attempts) && Number(attempts) <= 10)
    ? undefined
    : 'must be false, or { attempts } with a whole number from 1 to 10'
}

export function requestsProblem(value: unknown): Problem {
  if (value === false || isCount(value)) return undefined
  const text = 'must be false, or a whole number of at least 1'
  return typeof value === 'object' && value !== null
    ? `${text}; a shared store is the option limitStore`
    : text
}
