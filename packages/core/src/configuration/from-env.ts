import type { SubjectTokenAlgorithm } from '../crypto/signature-algorithms.js'
import { isTesouroTokensError } from '../errors.js'
import { namedMembers } from '../lib/given.js'
import { membersOf } from '../lib/option.js'
import { type Env, processEnv, readVariable } from '../lib/process-env.js'
import { createSignedSubjectToken } from '../subject-token/signed.js'
import type { SubjectTokenSource } from '../subject-token/source.js'
import type { SubjectTokenKey } from '../subject-token/subject-token-key.js'
import type { TesouroTokensOptions } from './options.js'
import { readOptions } from './read-options.js'
import type { Settings } from './settings.js'

/** What `tesouroTokensFromEnv` takes: any option, which then wins over its variable, and the variables themselves. */
export type TesouroTokensFromEnvOptions = Partial<TesouroTokensOptions> & {
  /** The environment variables, among whatever else a worker has bound. Default `process.env`, where there is one. */
  env?: { readonly [name: string]: string | undefined } | Variables | undefined
}

/** By name, because the type of a worker's `env` has other bindings next to them. */
type Variables = {
  readonly [Name in
    | (typeof variables)[keyof typeof variables]
    | (typeof keyVariables)[keyof typeof keyVariables]]?: string | undefined
}

const variables = {
  environment: 'TESOURO_ENVIRONMENT',
  baseUrl: 'TESOURO_BASE_URL',
  clientId: 'TESOURO_CLIENT_ID',
  clientSecret: 'TESOURO_CLIENT_SECRET',
  widgetSecret: 'TESOURO_WIDGET_SECRET',
} as const
/** Set by those who come from the vendor's demo. */
const vendorsBaseUrl = 'TESOURO_API_BASE_URL'
const keyVariables = {
  key: 'TESOURO_SUBJECT_TOKEN_KEY',
  algorithm: 'TESOURO_SUBJECT_TOKEN_ALGORITHM',
  keyId: 'TESOURO_SUBJECT_TOKEN_KEY_ID',
  issuer: 'TESOURO_SUBJECT_TOKEN_ISSUER',
  audience: 'TESOURO_SUBJECT_TOKEN_AUDIENCE',
} as const

/**
 * Reads what the options do not give from the environment, and checks all of it like options.
 *
 * @throws ConfigurationError with every problem found, under the variable's name where a variable gave the value
 */
export function optionsFromEnv(options: TesouroTokensFromEnvOptions = {}): Settings {
  const { env: own, ...given } = membersOf(options)
  const env = own ?? processEnv() ?? {}
  const hasNone = own === undefined && Object.keys(env).length === 0
  const taken = fromVariables(given, env)
  const problems: string[] = []
  const named = [given, taken].some(({ environment, baseUrl }) => environment ?? baseUrl)
  if (!named && readVariable(env, vendorsBaseUrl)) {
    problems.push(
      `${vendorsBaseUrl}: is the name that the platform's own demo reads; here it is TESOURO_BASE_URL`,
    )
  }
  const subjectToken = given.subjectToken ?? subjectTokenFromEnv(env, problems)
  return readOptions(
    { ...given, ...taken, subjectToken },
    {
      problems,
      nameOf: (option) => variableFor(option, given),
      hint: isMissing(given, taken, env) ? (hasNone ? noProcessEnv : waysOut) : undefined,
    },
  )
}

/** Said once, when variables are missing altogether: often nothing has loaded the file in which they stand. */
const waysOut =
  'Values come from onboarding; `npx @tesouro-tokens/sandbox --write-env .env` makes some for a platform on this machine. ' +
  'Node reads a .env file with --env-file=.env, and `npx @tesouro-tokens/cli doctor` looks at all of it.'

/** Said where there is nothing to read: workers have variables only in what their handlers are given. */
const noProcessEnv =
  'This runtime has no variables in process.env. On a worker, pass those that it is given: tesouroTokensFromEnv({ env }), ' +
  "with env from `import { env } from 'cloudflare:workers'` or the handler's second argument; the compatibility flag " +
  'nodejs_compat fills process.env from the date 2025-04-01 on.'

function isMissing(
  given: Partial<TesouroTokensOptions>,
  taken: Partial<TesouroTokensOptions>,
  env: Env,
): boolean {
  const { environment, baseUrl, clientId, clientSecret, credentials, subjectToken } = { ...taken, ...given }
  const platform = environment ?? baseUrl
  const client = credentials ?? (clientId && clientSecret)
  return !platform || !client || (subjectToken === undefined && !readVariable(env, keyVariables.key))
}

function fromVariables(given: Partial<TesouroTokensOptions>, env: Env): Partial<TesouroTokensOptions> {
  const names: (keyof typeof variables)[] = []
  if (given.environment === undefined && given.baseUrl === undefined) names.push('environment', 'baseUrl')
  if (given.credentials === undefined) names.push('clientId', 'clientSecret', 'widgetSecret')
  const missing = names.filter((name) => given[name] === undefined)
  return Object.fromEntries(missing.map((name) => [name, readVariable(env, variables[name])]))
}

/** How the reader knows an option: as a variable, unless it was given in code. */
function variableFor(option: string, given: Partial<TesouroTokensOptions>): string {
  if (!Object.hasOwn(variables, option)) return option
  const name = option as keyof typeof variables
  return given[name] === undefined ? variables[name] : name
}

function subjectTokenFromEnv(env: Env, problems: string[]): SubjectTokenSource | undefined {
  const text = readVariable(env, keyVariables.key)
  if (text === undefined) {
    problems.push(
      `${keyVariables.key}: is missing. Ask onboarding which key and algorithm your subject tokens are signed with, ` +
        `and set it (PEM or JWK) together with ${keyVariables.algorithm}. Or give the option subjectToken: ` +
        'subjectTokenFrom(…) for tokens of your own OIDC provider, unsecuredSubjectToken() where onboarding ' +
        'confirmed that yours need no signature',
    )
    return undefined
  }
  const key = parseKey(text, problems)
  if (key === undefined) return undefined
  const { alg, kid } = namedMembers(key, 'alg', 'kid')
  const algorithm = readVariable(env, keyVariables.algorithm)
  const keyId = readVariable(env, keyVariables.keyId)
  const names: Record<string, string> = { ...keyVariables }
  if (!algorithm && alg !== undefined) names.algorithm = `${keyVariables.key}.alg`
  if (!keyId && kid !== undefined) names.keyId = `${keyVariables.key}.kid`
  try {
    return createSignedSubjectToken(
      {
        key,
        algorithm: (algorithm ?? alg) as SubjectTokenAlgorithm,
        keyId: keyId ?? (kid as string | undefined),
        issuer: readVariable(env, keyVariables.issuer),
        audience: readVariable(env, keyVariables.audience),
      },
      (option) => names[option] ?? option,
    )
  } catch (error) {
    if (!isTesouroTokensError(error, 'configuration')) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** PEM, whose line breaks may have been written as `\n` to fit on one line, or a JWK as JSON. */
function parseKey(text: string, problems: string[]): SubjectTokenKey | undefined {
  if (typeof text !== 'string') {
    // A worker may have bound it as something else.
    problems.push(`${keyVariables.key}: must be text: a PEM, or a JWK as JSON`)
    return undefined
  }
  if (!/^\s*\{/.test(text)) return text.replaceAll(/(\\{1,4}r)?\\{1,4}n/g, '\n')
  try {
    return JSON.parse(text) as SubjectTokenKey
  } catch {
    problems.push(`${keyVariables.key}: begins like a JWK, but is not JSON`)
    return undefined
  }
}
