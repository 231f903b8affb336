import { type WidgetTokenOptions, widgetTokenEndpoint } from '@tesouro-tokens/core'
import type { NextRequest } from 'next/server.js'
import { hostOf } from './host.js'

/** The second argument that Next passes to a route handler. */
export interface WidgetTokenRouteContext {
  /** The values of the route's dynamic segments. */
  params: Promise<Record<string, string | string[] | undefined>>
}

/** Options of {@link widgetTokenRoute}: the endpoint's, with Next's request and `{ params }`. */
export type WidgetTokenRouteOptions = WidgetTokenOptions<NextRequest, [context: WidgetTokenRouteContext]>

/** A route handler, in the form that Next's type check of `route.ts` needs. */
export type WidgetTokenRouteHandler = (
  request: NextRequest,
  context: { params: Promise<unknown> },
) => Promise<Response>

/**
 * The handlers of an App Router route, on the Node or the Edge runtime. Next neither prerenders nor caches them.
 * `getUser` may use `cookies()` and `headers()`. Next itself answers other methods, with 405.
 *
 * @throws ConfigurationError with every wrong option
 *
 * @example
 * ```ts
 * // app/api/tesouro/widget-token/route.ts
 * import { sharedTesouroTokens, tesouroTokensFromEnv, widgetTokenRoute } from '@tesouro-tokens/next'
 *
 * const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv())
 *
 * export const { POST, OPTIONS } = widgetTokenRoute({ tokens, getUser: () => null })
 * ```
 */
export function widgetTokenRoute(options: WidgetTokenRouteOptions): {
  POST: WidgetTokenRouteHandler
  OPTIONS: WidgetTokenRouteHandler
} {
  const endpoint = widgetTokenEndpoint(options, { host: hostOf })
  const handler: WidgetTokenRouteHandler = (request, context) =>
    endpoint(request, context as WidgetTokenRouteContext)
  return { POST: handler, OPTIONS: handler }
}
