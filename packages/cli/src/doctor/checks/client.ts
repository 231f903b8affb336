import { isTesouroTokensError } from '@tesouro-tokens/core'
import { isLoopback } from '../../tokens/loopback.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import { saidBy } from '../said-by.js'
import { unusableAnswer } from '../unusable-answer.js'

/** One application token: it proves the client id, the secret and that the platform is what answers. */
export const client: Check = {
  id: 'client',
  title: 'client id, secret',
  async run(context) {
    const { baseUrl, tokens } = context
    const tried = `an application token from ${baseUrl?.origin ?? 'the platform'}`
    if (tokens === undefined || baseUrl === undefined)
      return result('client', 'skip', tried, 'fix the options first')
    if (context.statusOf('address') === 'fail')
      return result('client', 'skip', tried, 'the platform cannot be reached')
    try {
      await tokens.getAppAccessToken()
      return result('client', 'ok', tried, 'the platform takes the client id and the secret')
    } catch (error) {
      return explained(error, context, baseUrl, tried)
    }
  },
}

function explained(error: unknown, context: CheckContext, baseUrl: URL, tried: string): CheckResult {
  const fail = (found: string, ...todo: string[]): CheckResult =>
    result('client', 'fail', tried, found, ...todo)
  if (isTesouroTokensError(error, 'token_endpoint')) {
    const said = saidBy(error)
    if (error.error === 'invalid_client')
      return fail(
        `the platform refuses the client id or the secret (${said})`,
        ...credentialAdvice(context, baseUrl),
      )
    if (error.error === 'unauthorized_client' || error.error === 'unsupported_grant_type') {
      return result(
        'client',
        'warn',
        tried,
        `this client may not have application tokens (${said}); the id and the secret are right`,
        'Ask onboarding for the grant client_credentials, if you call the platform without a user.',
      )
    }
    return fail(`the platform refuses (${said})`, 'Look the code up in docs/troubleshooting.md.')
  }
  if (isTesouroTokensError(error, 'rate_limited')) {
    return result(
      'client',
      'warn',
      tried,
      `the platform's rate limit is reached (429); it says to wait ${error.retryAfterSeconds ?? 1} s`,
      'Somebody else uses the same client id up: wait, and look which process that is.',
    )
  }
  const unusable = unusableAnswer(context.platform.last, baseUrl, context.secrets)
  if (isTesouroTokensError(error, 'upstream_response') && unusable !== undefined) return fail(...unusable)
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('BAD_PORT'))
    return fail(
      message,
      'Node asks no port that the Fetch standard blocks: let the platform listen on another one.',
    )
  return fail(message, ...unavailableAdvice(context, baseUrl))
}

/** The likeliest mistakes, told by the form of the values; none of them is shown. */
function credentialAdvice({ environment: { values } }: CheckContext, baseUrl: URL): string[] {
  const {
    TESOURO_CLIENT_ID: id = '',
    TESOURO_CLIENT_SECRET: secret = '',
    TESOURO_WIDGET_SECRET: widget = '',
  } = values
  const advice: string[] = []
  if (secret === widget)
    advice.push(
      'TESOURO_CLIENT_SECRET and TESOURO_WIDGET_SECRET are the same value: they are two different secrets.',
    )
  else if (/^[0-9a-f]{64}$/i.test(secret))
    advice.push('TESOURO_CLIENT_SECRET has 64 hex digits, as widget secrets have: were the two mixed up?')
  if (secret === id) advice.push('TESOURO_CLIENT_SECRET and TESOURO_CLIENT_ID are the same value.')
  if (id.length > 40 && secret.length < 30)
    advice.push('The id is long and the secret is short: were the two mixed up?')
  advice.push(
    'Copy TESOURO_CLIENT_ID and TESOURO_CLIENT_SECRET together from one source: sandbox and production share no credentials.',
  )
  if (isLoopback(baseUrl))
    advice.push(
      'A sandbox of your own draws new secrets at every start: take what it has printed last, or start it with `--seed dev --write-env .env`, which keeps them.',
    )
  return advice
}

function unavailableAdvice({ platform }: CheckContext, baseUrl: URL): string[] {
  const status = platform.last?.status
  if (status !== undefined && status >= 500)
    return [`Try again later: what answers at ${baseUrl.origin} has a failure of its own.`]
  return [
    `Check that ${baseUrl.origin} is the platform, and proxies in between. Something accepts connections there and does not answer as the platform does.`,
  ]
}
