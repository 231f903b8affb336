import { bodyWithheld } from './body.js'
import { createWidgetTokenHandler } from './handler.js'
import type { WidgetTokenOptions } from './options.js'

/**
 * The endpoint for servers that speak `fetch`: Hono, Bun, Deno, workers, SvelteKit, … Further arguments of the server
 * follow the request and reach `getUser`.
 *
 * @param server.host the request's host as the server sees it, with its settings about trusted proxies.
 * Default: the host in `request.url`
 *
 * @throws ConfigurationError with every wrong option. The endpoint itself never rejects.
 *
 * @example
 * ```ts
 * import { type TesouroTokens, type TesouroUser, widgetTokenEndpoint } from '@tesouro-tokens/core'
 *
 * export function serve(tokens: TesouroTokens, sessions: Map<string | null, TesouroUser>) {
 *   return widgetTokenEndpoint({
 *     tokens,
 *     getUser: (request) => sessions.get(request.headers.get('cookie')),
 *   })
 * }
 * ```
 */
export function widgetTokenEndpoint<
  Context extends readonly unknown[] = [],
  Incoming extends Request = Request,
>(
  options: WidgetTokenOptions<Incoming, Context>,
  server: { host?: ((request: Incoming) => string | undefined) | undefined } = {},
): (request: Incoming, ...context: Context) => Promise<Response> {
  const handle = createWidgetTokenHandler(options)
  return async (request, ...context) => {
    const { status, headers, body } = await handle({
      method: request.method,
      host: server.host === undefined ? hostInUrl(request) : server.host(request),
      headers: request.headers,
      body: bodyOf(request),
      request,
      context,
    })
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers })
  }
}

function hostInUrl({ url }: Request): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}

/** Opened only when it is read, so that a request that is refused before keeps its body. */
async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.bodyUsed) throw bodyWithheld()
  const reader = request.body?.getReader()
  if (reader === undefined) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    // Not cancelled: a server may take that for the end of the connection, and the answer would not arrive.
    reader.releaseLock()
  }
}
