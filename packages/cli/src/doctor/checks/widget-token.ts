import { isTesouroTokensError } from '@tesouro-tokens/core'
import type { Secrets } from '../../terminal/secrets.js'
import { isLoopback } from '../../tokens/loopback.js'
import { type Check, type CheckResult, result } from '../check.js'
import { nobody, userOf } from './user.js'

const tried = "a widget token, taken to the platform's gateway as a widget does"
const gatewayMs = 5_000

/** A minted token at the gateway: it proves the widget secret, which nothing else does. */
export const widgetToken: Check = {
  id: 'widget-token',
  title: 'widget secret',
  async run(context) {
    const { tokens, baseUrl, environment } = context
    const skip = (found: string): CheckResult => result('widget-token', 'skip', tried, found)
    if (tokens === undefined || baseUrl === undefined) return skip('fix the options first')
    if (!environment.values.TESOURO_WIDGET_SECRET) return skip('there is no TESOURO_WIDGET_SECRET')
    if (!context.canSign) return skip('there is nothing to make subject tokens with')
    if (context.statusOf('client') !== 'ok' && context.statusOf('client') !== 'warn')
      return skip('fix the client id and secret first')
    if (context.statusOf('subject-token') === 'fail')
      return skip('fix the subject token first: a widget token holds one')
    const user = userOf(context)
    if (user === undefined) return skip(nobody)
    try {
      const { widgetToken: token } = await tokens.mintWidgetToken(user)
      context.secrets.add('widget token', token)
      return await atGateway(token, baseUrl, context.secrets)
    } catch (error) {
      if (!isTesouroTokensError(error)) throw error
      return result('widget-token', 'fail', tried, error.message, 'Repair what the message names.')
    }
  },
}

async function atGateway(token: string, baseUrl: URL, secrets: Secrets): Promise<CheckResult> {
  const url = new URL('api/widget-gateway/init', baseUrl)
  let answer: Response
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(gatewayMs),
    })
  } catch {
    return result(
      'widget-token',
      'warn',
      tried,
      `the gateway has not answered within ${gatewayMs / 1_000} s`,
      'Try again later.',
    )
  }
  const { status } = answer
  if (status >= 200 && status < 300) {
    await answer.body?.cancel()
    return result('widget-token', 'ok', tried, 'the gateway opens it: the widget secret is right')
  }
  const why = await reasonIn(answer, secrets)
  if ([401, 403].includes(status)) return refused(status, why, baseUrl)
  return result(
    'widget-token',
    'skip',
    tried,
    `the gateway answers with status ${status}${why}: the widget secret is not proven`,
  )
}

/** How a real widget carries its token there is not published, so a refusal of the real gateway proves nothing. */
function refused(status: number, why: string, baseUrl: URL): CheckResult {
  const todo =
    'Copy TESOURO_WIDGET_SECRET again: the 64 hex digits that belong to this client id. Sandbox and production have different ones.'
  if (isLoopback(baseUrl)) {
    return result(
      'widget-token',
      'fail',
      tried,
      `the gateway refuses it (${status}${why}): another widget secret was used than the platform has for this client`,
      todo,
    )
  }
  return result(
    'widget-token',
    'warn',
    tried,
    `the gateway refuses it (${status}${why}). How widgets carry their token is not published, so this is no proof`,
    todo,
  )
}

/** The code in a problem document, if there is one. */
async function reasonIn(answer: Response, secrets: Secrets): Promise<string> {
  try {
    const text = await answer.text()
    const { errorCode, code, error } = Object(JSON.parse(text.slice(0, 16_384)))
    const found = [errorCode, code, error].find((value) => typeof value === 'string')
    return found === undefined ? '' : ` ${secrets.foreign(String(found), 60)}`
  } catch {
    return ''
  }
}
