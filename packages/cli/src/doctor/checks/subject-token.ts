import { isTesouroTokensError } from '@tesouro-tokens/core'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import { saidBy } from '../said-by.js'
import { unusableAnswer } from '../unusable-answer.js'
import { spoken } from './clock.js'
import { nobody, userOf } from './user.js'

const tried = "a token exchange (RFC 8693) with a subject token, as your backend's calls make it"

/** One exchange: it proves the key, the algorithm, issuer and audience, and that the platform knows the user. */
export const subjectToken: Check = {
  id: 'subject-token',
  title: 'subject token',
  async run(context) {
    const { tokens } = context
    const user = userOf(context)
    const why = reasonToSkip(context)
    if (tokens === undefined) return result('subject-token', 'skip', tried, 'fix the options first')
    if (why !== undefined) return result('subject-token', 'skip', tried, why)
    if (user === undefined) return result('subject-token', 'skip', tried, nobody)
    try {
      await tokens.getUserAccessToken(user)
      return result('subject-token', 'ok', tried, `the platform takes it (${madeWith(context)})`)
    } catch (error) {
      return explained(error, context)
    }
  },
}

/** Why nothing that needs a subject token can be tried; `undefined` when it can. */
function reasonToSkip(context: CheckContext): string | undefined {
  if (!context.canSign) return 'there is nothing to make subject tokens with'
  if (context.statusOf('client') === 'fail' || context.statusOf('client') === 'skip')
    return 'fix the client id and secret first'
  return undefined
}

function explained(error: unknown, context: CheckContext): CheckResult {
  const fail = (found: string, ...todo: string[]): CheckResult =>
    result('subject-token', 'fail', tried, found, ...todo)
  if (isTesouroTokensError(error, 'token_endpoint')) {
    return fail(`the platform refuses it (${saidBy(error)})`, ...advice(context))
  }
  if (isTesouroTokensError(error, 'subject_token')) {
    return fail(
      error.message,
      'Look at what --subject-token-file holds: a signed JWT of this very user that lives for 5 minutes more.',
    )
  }
  if (isTesouroTokensError(error, 'invalid_user'))
    return fail(error.message, 'Name another user with --user and --email.')
  const unusable = context.baseUrl && unusableAnswer(context.platform.last, context.baseUrl, context.secrets)
  if (isTesouroTokensError(error, 'upstream_response') && unusable) return fail(...unusable)
  return fail(error instanceof Error ? error.message : String(error), 'Try again later.')
}

function advice(context: CheckContext): string[] {
  const list: string[] = []
  if (context.statusOf('clock') === 'fail' && context.aheadMs !== undefined) {
    list.push(
      `Set the clock first: it is ${spoken(Math.abs(context.aheadMs))} off, which is reason enough to refuse.`,
    )
  }
  if (context.options.unsecured) {
    list.push(
      'Tokens without a signature (--unsecured) are taken only where onboarding has confirmed it: ask them, or sign (TESOURO_SUBJECT_TOKEN_KEY).',
    )
  } else {
    list.push(
      `Ask onboarding whether they hold the public key of what you sign with (${madeWith(context)}): \`npx @tesouro-tokens/cli inspect\` shows a token's header.`,
    )
  }
  list.push('Check that the platform knows this --user and --email, and that the user is not disabled.')
  return list
}

/** What a subject token says of itself, none of which is secret. */
function madeWith({ environment: { values }, options }: CheckContext): string {
  if (options.unsecured) return 'no signature'
  if (options.subjectTokenFile !== undefined) return 'your own'
  const {
    TESOURO_SUBJECT_TOKEN_KEY_ID: keyId,
    TESOURO_SUBJECT_TOKEN_ISSUER: issuer,
    TESOURO_SUBJECT_TOKEN_AUDIENCE: audience,
  } = values
  const { alg, kid } = jwkOf(values.TESOURO_SUBJECT_TOKEN_KEY)
  const members = {
    alg: values.TESOURO_SUBJECT_TOKEN_ALGORITHM ?? alg,
    kid: keyId ?? kid,
    iss: issuer,
    aud: audience,
  }
  return Object.entries(members)
    .map(([name, value]) => `${name} ${typeof value === 'string' && value !== '' ? value : 'none'}`)
    .join(', ')
}

function jwkOf(text = ''): { alg?: unknown; kid?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
