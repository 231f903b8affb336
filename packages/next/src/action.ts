import {
  createWidgetTokenHandler,
  type WidgetToken,
  type WidgetTokenHandler,
  type WidgetTokenOptions,
  type WidgetTokenProblem,
} from '@tesouro-tokens/core'
import { headers } from 'next/headers.js'
import { connection } from 'next/server.js'
import { hostOf } from './host.js'

/** The request as an action or a server component knows it: a `getUser` that takes it fits routes, too. */
export interface WidgetTokenActionRequest {
  /** The result of `headers()` of `next/headers`. */
  readonly headers: Headers
}

/** Options of {@link widgetTokenAction} and {@link initialWidgetToken}: the endpoint's, with the request's headers. */
export type WidgetTokenActionOptions = WidgetTokenOptions<WidgetTokenActionRequest>

/**
 * A server action for pages that prefer no endpoint. It checks origin, session and
 * mint limit as the endpoint does. It takes no arguments, so nobody can name a user. Without a token it resolves with
 * the endpoint's problem document instead of throwing.
 *
 * @throws ConfigurationError with every wrong option, when it is made
 *
 * @example
 * ```ts
 * 'use server'
 * import { sharedTesouroTokens, tesouroTokensFromEnv, widgetTokenAction } from '@tesouro-tokens/next'
 *
 * const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv())
 *
 * export const widgetToken = widgetTokenAction({ tokens, getUser: () => null })
 * ```
 */
export function widgetTokenAction(
  options: WidgetTokenActionOptions,
): () => Promise<WidgetToken | WidgetTokenProblem> {
  const handle = handlerOf(options, '')
  return async () => {
    const request = { headers: await headers() }
    const about = new Headers(request.headers)
    // They describe the action's own body, which names nobody and is not the endpoint's to read.
    for (const name of ['content-length', 'content-type', 'transfer-encoding']) about.delete(name)
    return mint(handle, request, about)
  }
}

/**
 * The first token for a page, from a server component, which saves the widget its first request. `null` where
 * nobody is signed in, or no token can be made now: the widget then asks the endpoint, which says why. The page is never
 * prerendered; send it with `Cache-Control: private, no-store`.
 *
 * Where a link to the page was found is of no matter, as other sites cannot read the page: the rule about
 * origins does not apply. The mint limit counts by itself, so that foreign links use up nobody else's, and for one
 * `options` object where the tokens have no `limitStore`: keep it outside of the component.
 *
 * @throws ConfigurationError with every wrong option
 *
 * @example
 * ```ts
 * import { initialWidgetToken, sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
 *
 * const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv())
 * const options = { tokens, getUser: () => null }
 *
 * export default async function Page() {
 *   const token = await initialWidgetToken(options)
 *   return token?.exp
 * }
 * ```
 */
export async function initialWidgetToken(options: WidgetTokenActionOptions): Promise<WidgetToken | null> {
  const handle = handlerOf(options, 'page')
  await connection()
  const body = await mint(handle, { headers: await headers() }, {})
  return 'widgetToken' in body ? body : null
}

type ActionHandler = WidgetTokenHandler<WidgetTokenActionRequest>

const handlers = new WeakMap<WidgetTokenActionOptions, Map<string, ActionHandler>>()

/** One handler for one options object and what it is counted as: the mint limit counts in it. */
function handlerOf(options: WidgetTokenActionOptions, countedAs: string): ActionHandler {
  const made = handlers.get(options) ?? new Map<string, ActionHandler>()
  const handler = made.get(countedAs) ?? createWidgetTokenHandler(options, { countedAs })
  handlers.set(options, made.set(countedAs, handler))
  return handler
}

async function mint(
  handle: WidgetTokenHandler<WidgetTokenActionRequest>,
  request: WidgetTokenActionRequest,
  about: Headers | Record<string, never>,
): Promise<WidgetToken | WidgetTokenProblem> {
  const host = hostOf(request)
  const { body } = await handle({ method: 'POST', host, headers: about, request })
  return body as NonNullable<typeof body> // an answer to POST has one
}
