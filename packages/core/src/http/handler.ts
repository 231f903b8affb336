import { ownMembers } from '../lib/given.js'
import { isInstance } from '../lib/is-kind.js'
import type { TesouroTokens } from '../tokens.js'
import type { TesouroUser } from '../user.js'
import { checkDeclaredLength, readBody } from './body.js'
import { checkWidgetTokenOptions } from './check-options.js'
import { textsOf, type WidgetTokenRequestHeaders } from './headers.js'
import { hintOf, type WidgetTokenHints } from './hint.js'
import { hookOf, tellRefusal } from './hook.js'
import { postedIdentity, requireEligible, requireSameIdentity } from './identity.js'
import { createMintLimit } from './mint-limit.js'
import type {
  WidgetTokenAnswer,
  WidgetTokenHandler,
  WidgetTokenInput,
  WidgetTokenOptions,
  WidgetTokenOutput,
} from './options.js'
import { checkOrigin, preflightHeaders } from './origin.js'
import { problemOf } from './problem.js'
import { notSignedIn, ofTheApplication, Refusal, refusalOf } from './refusal.js'
import { createHintTeller, report } from './report.js'

/** Settings of an adapter. */
export interface WidgetTokenAdapter {
  /** Requests of another kind, whose mint limit is counted by itself. Default: `''`. */
  countedAs?: string | undefined
  /** Advice about wiring in the framework, for `onRefusal`. */
  hints?: WidgetTokenHints | undefined
}

const allow = { allow: 'POST, OPTIONS' }

/** On every answer: a token must not be kept on the way (RFC 6749 §5.1), and the rule for origins decided about it. */
const commonHeaders = {
  'cache-control': 'no-store',
  vary: 'Origin, Sec-Fetch-Site',
  'x-content-type-options': 'nosniff',
}

/**
 * The endpoint as plain data in, plain data out, for authors of adapters. The first check that fails answers. They
 * run in this order: method (405), origin (403), declared size of the body (413), session (401), size (413), media
 * type (415) and form (400) of the body, identity (403), eligibility (403), mint limit (429). A mistake of the
 * server is 500, a provider that is down 503. `OPTIONS` gets 204 where the origin may ask, otherwise 403. No byte
 * of a body is read before a user is signed in.
 *
 * @param options what the application says
 * @param adapter what the adapter adds
 *
 * @throws ConfigurationError with every wrong option. The handler itself never rejects.
 *
 * @example
 * ```ts
 * import { createWidgetTokenHandler, nodeRequestBody, requestHost, sendNodeAnswer, type TesouroTokens } from '@tesouro-tokens/core'
 * import type { IncomingMessage, ServerResponse } from 'node:http'
 *
 * export function widgetTokenListener(tokens: TesouroTokens) {
 *   const handle = createWidgetTokenHandler<IncomingMessage>({ tokens, getUser: () => null })
 *   return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
 *     const answer = await handle({
 *       method: request.method ?? '',
 *       host: requestHost(request.headers, false),
 *       headers: request.headers,
 *       body: nodeRequestBody(request, undefined),
 *       request,
 *     })
 *     sendNodeAnswer(answer, request, response)
 *   }
 * }
 * ```
 */
export function createWidgetTokenHandler<Request, Context extends readonly unknown[] = []>(
  options: WidgetTokenOptions<Request, Context>,
  { countedAs = '', hints = {} }: WidgetTokenAdapter = {},
): WidgetTokenHandler<Request, Context> {
  const { tokens, allowedOrigins, mintLimit, onError, onRefusal } = checkWidgetTokenOptions(options)
  const tellHint = createHintTeller(onRefusal)
  let everSignedIn = false
  const takeMint = createMintLimit(mintLimit, countedAs)

  async function answer(input: WidgetTokenInput<Request, Context>, known: Known): Promise<Answer> {
    const { method, request } = input
    const context = (input.context ?? []) as Context

    if (method !== 'POST' && method !== 'OPTIONS') throw new Refusal('method_not_allowed', { headers: allow })
    known.cors = await checkOrigin(allowedOrigins, input, context)
    if (method === 'OPTIONS') return preflight(known.cors, input.headers)

    checkDeclaredLength(input.headers)
    const user = await ofTheApplication('getUser', () => options.getUser(request, ...context))
    if (user === null || user === undefined) throw notSignedIn()
    known.user = user
    everSignedIn = true
    requireSameIdentity(postedIdentity(await readBody(input)), user)
    requireEligible(user)

    known.tokens =
      typeof tokens === 'function'
        ? await ofTheApplication('tokens', () => tokens(user, request, ...context))
        : tokens
    await takeMint(known.tokens, user)
    return { status: 200, body: await mint(known.tokens, user) }
  }

  return async (given) => {
    const input = ownMembers({ ...given, host: textsOf(given.host)[0] })
    const known: Known = {
      cors: {},
      user: undefined,
      tokens: typeof tokens === 'function' ? undefined : tokens,
    }
    try {
      const { status, headers, body } = await answer(input, known)
      return { status, headers: { ...commonHeaders, ...known.cors, ...headers, ...contentType(body) }, body }
    } catch (thrown) {
      const {
        code,
        headers,
        report: mistake,
      } = isInstance(thrown, Refusal) ? thrown : new Refusal('misconfigured', { report: { error: thrown } })
      const body = problemOf(code)
      if (mistake) report(onError, mistake, input.request)
      tellHint(code, hintOf(code, { ...input, user: known.user, everSignedIn }, hints), input.request)
      tellRefusal(known.tokens, { code, status: body.status, user: known.user })
      return {
        status: body.status,
        headers: { ...commonHeaders, ...known.cors, ...headers, ...contentType(body) },
        body,
      }
    }
  }
}

/** What has been found out about a request so far; a refusal needs it as much as a token does. */
interface Known {
  cors: Readonly<Record<string, string>>
  user: TesouroUser | undefined
  tokens: TesouroTokens | undefined
}

interface Answer {
  status: number
  headers?: Readonly<Record<string, string>>
  body: WidgetTokenOutput['body']
}

/** An allowed origin receives what its pages may send; any other client that may ask, which methods there are. */
function preflight(cors: Known['cors'], asked: WidgetTokenRequestHeaders): Answer {
  const allowed = 'access-control-allow-origin' in cors
  return { status: 204, headers: allowed ? { ...allow, ...preflightHeaders(asked) } : allow, body: undefined }
}

async function mint(tokens: TesouroTokens, user: TesouroUser): Promise<WidgetTokenAnswer> {
  try {
    const { widgetToken, exp } = await tokens.mintWidgetToken(user)
    const now = hookOf(tokens).now?.() ?? Date.now()
    return { widgetToken, exp, expiresIn: Math.max(0, exp - Math.floor(now / 1000)) }
  } catch (error) {
    throw refusalOf(error)
  }
}

function contentType(body: WidgetTokenOutput['body']): Record<string, string> {
  if (body === undefined) return {}
  return { 'content-type': 'code' in body ? 'application/problem+json' : 'application/json' }
}
