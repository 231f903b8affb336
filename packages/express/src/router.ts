import {
  createWidgetTokenHandler,
  nodeRequestBody,
  requestHost,
  sendNodeAnswer,
  type WidgetTokenOptions,
} from '@tesouro-tokens/core'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'

/** What {@link tesouroTokensRouter} takes: the endpoint's options, with Express's request and response. */
export type TesouroTokensRouterOptions = WidgetTokenOptions<Request, [response: Response]>

/**
 * A router with one route, `POST /widget-token`, for Express 5 and 4. It may be mounted before or after body
 * parsers, under any path. Whom the token is for is what `getUser` says and nothing else.
 *
 * @throws ConfigurationError with every wrong option
 *
 * @example
 * ```ts
 * import { tesouroTokensFromEnv, tesouroTokensRouter } from '@tesouro-tokens/express'
 * import express from 'express'
 *
 * const app = express()
 * const tokens = tesouroTokensFromEnv()
 * app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: (_req, res) => res.locals.user }))
 * ```
 */
export function tesouroTokensRouter(options: TesouroTokensRouterOptions): Router {
  const handle = createWidgetTokenHandler(options, { hints })
  const router = express.Router()
  router.all('/widget-token', (request, response, next) => {
    handle({
      method: request.method,
      host: hostOf(request),
      headers: request.headers,
      body: nodeRequestBody(request, request.body),
      request,
      context: [response],
    })
      .then((answer) => sendNodeAnswer(answer, request, response))
      .catch(next)
  })
  router.use(warnOfDoubledPath())
  return router
}

const hints = {
  proxy: "Express: app.set('trust proxy', …) with the proxy's address.",
  session: 'Express: mount the session middleware before app.use(…, tesouroTokensRouter(…)).',
}

/** Where the router is mounted under the whole path, the page's request falls through to a 404 that explains nothing. */
function warnOfDoubledPath(): RequestHandler {
  let warned = false
  return (request, _response, next) => {
    const { baseUrl } = request
    if (!warned && request.path === '/' && baseUrl.endsWith('/widget-token')) {
      warned = true
      console.warn(
        `tesouro-tokens: ${baseUrl} was asked for, but the endpoint is ${baseUrl}/widget-token: the router adds ` +
          `/widget-token by itself. Mount it at ${baseUrl.slice(0, -'/widget-token'.length) || '/'}`,
      )
    }
    next()
  }
}

/** The host with its port, which `hostname` drops, and Express 4's `host` too. `X-Forwarded-Host` counts where `trust proxy` says so. */
function hostOf(request: Request): string | undefined {
  // Requests that test libraries make have neither an application nor a socket.
  const { app, socket }: Partial<Request> = request
  const trust: unknown = app?.get('trust proxy fn')
  const trusted = typeof trust === 'function' && trust(socket?.remoteAddress, 0) === true
  return requestHost(request.headers, trusted)
}
