import {
  createWidgetTokenHandler,
  nodeRequestBody,
  sendNodeAnswer,
  type WidgetTokenOptions,
} from '@tesouro-tokens/core'
import type { NextApiHandler, NextApiRequest, NextApiResponse } from 'next'
import { hostOf } from './host.js'

/** Options of {@link widgetTokenApiRoute}: the endpoint's, with the Pages Router's request and response. */
export type WidgetTokenApiRouteOptions = WidgetTokenOptions<NextApiRequest, [response: NextApiResponse]>

/**
 * The endpoint as an API route of the Pages Router, with Next's body parser on or off.
 *
 * @throws ConfigurationError with every wrong option
 *
 * @example
 * ```ts
 * // pages/api/tesouro/widget-token.ts
 * import { sharedTesouroTokens, tesouroTokensFromEnv, widgetTokenApiRoute } from '@tesouro-tokens/next'
 *
 * const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv())
 *
 * export default widgetTokenApiRoute({ tokens, getUser: (_request, _response) => null })
 * ```
 */
export function widgetTokenApiRoute(options: WidgetTokenApiRouteOptions): NextApiHandler {
  const handle = createWidgetTokenHandler(options)
  return async (request, response) => {
    const answer = await handle({
      method: request.method ?? '',
      host: hostOf(request),
      headers: request.headers,
      body: nodeRequestBody(request, request.body),
      request,
      context: [response],
    })
    sendNodeAnswer(answer, request, response)
  }
}
