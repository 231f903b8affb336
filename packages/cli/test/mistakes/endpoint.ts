import { type TesouroUser, tesouroTokensRouter } from '@tesouro-tokens/express'
import type express from 'express'
import type { Request } from 'express'
import { alice, application, path, type World } from './application.js'
import type { Mistake } from './mistake.js'

const getUser = (request: Request): TesouroUser | undefined => request.session?.user
const quiet = { onError: () => {}, onRefusal: () => {} }

/** An endpoint that mints for the session, and does something else wrong. */
const ownHandler =
  (wrong: (world: World) => void) =>
  (world: World): void => {
    wrong(world)
    const { app, tokens, sessions } = world
    app.all(path, sessions, async (request, response) => {
      if (request.session.user === undefined) return void response.sendStatus(401)
      if (request.method !== 'POST') return void response.sendStatus(405)
      response.set('cache-control', response.get('cache-control') ?? 'no-store')
      response.json(await tokens.mintWidgetToken(request.session.user))
    })
  }

/** The user's own endpoint. */
export const endpointMistakes: readonly Mistake[] = [
  {
    name: 'the router under the whole path',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.use(path, sessions, tesouroTokensRouter({ tokens, getUser, ...quiet })),
      ),
    id: 'endpoint',
    status: 'fail',
    found: /no such route \(404\); the endpoint is at \/api\/tesouro\/widget-token\/widget-token/,
    todo: /mount path/,
  },
  {
    name: 'the router before the session middleware',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser, ...quiet }), sessions),
      ),
    id: 'endpoint',
    status: 'fail',
    found: /401 not_signed_in: getUser returned nobody/,
    todo: /session middleware mounted before/,
  },
  {
    name: 'a getUser that throws where there is no session',
    setUp: () =>
      application(({ app, tokens }) =>
        app.use(
          '/api/tesouro',
          tesouroTokensRouter({ tokens, getUser: (request) => request.session.user, ...quiet }),
        ),
      ),
    id: 'endpoint',
    status: 'fail',
    found: /500 misconfigured/,
    todo: /session middleware is missing/,
  },
  {
    name: 'a page on another port',
    setUp: () =>
      application(
        ({ app, tokens, sessions }) =>
          app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser, ...quiet })),
        {
          args: ['--origin', 'http://localhost:5173'],
        },
      ),
    id: 'endpoint',
    status: 'fail',
    found: /page of http:\/\/localhost:5173/,
    todo: /allowedOrigins: \['http:\/\/localhost:5173'\]/,
  },
  {
    name: 'a proxy that changes the Host header',
    setUp: () =>
      application(({ app, tokens, sessions }) => {
        const rewrite: express.RequestHandler = (request, _response, next) => {
          request.headers.host = 'backend.internal:8080'
          // as old browsers ask, so that the host alone decides
          delete request.headers['sec-fetch-site']
          next()
        }
        app.use('/api/tesouro', rewrite, sessions, tesouroTokensRouter({ tokens, getUser, ...quiet }))
      }),
    id: 'endpoint',
    status: 'fail',
    found: /origin_not_allowed/,
    todo: /trust proxy/,
  },
  {
    name: 'CORS that mirrors every origin',
    setUp: () =>
      application(
        ownHandler(({ app }) =>
          app.use((request, response, next) => {
            response.set({
              'access-control-allow-origin': request.get('origin') ?? '*',
              'access-control-allow-credentials': 'true',
            })
            if (request.method === 'OPTIONS') return void response.sendStatus(204)
            next()
          }),
        ),
      ),
    id: 'endpoint-origin',
    status: 'fail',
    found: /another site is allowed by CORS/,
    todo: /allowedOrigins/,
  },
  {
    name: 'no rule about origins at all',
    setUp: () => application(ownHandler(() => {})),
    id: 'endpoint-origin',
    status: 'fail',
    found: /another site gets a token/,
  },
  {
    name: 'GET that mints',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.all(path, sessions, async (request, response) => {
          if (request.session.user === undefined) return void response.sendStatus(401)
          response.set('cache-control', 'no-store').json(await tokens.mintWidgetToken(alice))
        }),
      ),
    id: 'endpoint-form',
    status: 'fail',
    found: /GET mints a token/,
  },
  {
    name: 'an answer that caches may keep',
    setUp: () =>
      application(
        ownHandler(({ app }) =>
          app.use(
            (_request, response, next) =>
              void next(response.set('cache-control', 'private, max-age=60') && undefined),
          ),
        ),
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /Cache-Control lets others keep the token/,
    todo: /no-store/,
  },
  {
    name: 'an answer that holds the client secret',
    setUp: () =>
      application(({ app, tokens, sessions, sandbox }) =>
        app.post(path, sessions, async (request, response) => {
          if (request.session.user === undefined) return void response.sendStatus(401)
          response.json({ ...(await tokens.mintWidgetToken(alice)), config: sandbox.env })
        }),
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /holds TESOURO_CLIENT_SECRET/,
    todo: /change that secret/,
  },
  {
    name: 'a header that holds the client secret',
    setUp: () =>
      application(({ app, tokens, sessions, sandbox }) =>
        app.use(
          '/api/tesouro',
          sessions,
          (_request, response, next) =>
            void next(response.set('x-debug', sandbox.env.TESOURO_CLIENT_SECRET) && undefined),
          tesouroTokensRouter({ tokens, getUser, ...quiet }),
        ),
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /holds TESOURO_CLIENT_SECRET/,
  },
  {
    name: 'an answer that holds the access token of the user',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.post(path, sessions, async (request, response) => {
          if (request.session.user === undefined) return void response.sendStatus(401)
          const tokensOfUser = { ...(await tokens.getUserAccessToken(alice)) }
          response.set('cache-control', 'no-store')
          response.json({ ...(await tokens.mintWidgetToken(alice)), api: tokensOfUser })
        }),
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /another token or secret next to widgetToken, as accessToken/,
    todo: /stay in the backend/,
  },
  {
    name: 'a running process with another widget secret than the .env',
    setUp: () =>
      application(
        ({ app, tokens, sessions }) =>
          app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser, ...quiet })),
        {
          env: { TESOURO_WIDGET_SECRET: 'cd'.repeat(32) },
        },
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /does not open with the TESOURO_WIDGET_SECRET/,
    todo: /restart it/,
  },
]
