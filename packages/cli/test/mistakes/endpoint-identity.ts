import { type TesouroUser, tesouroTokensRouter } from '@tesouro-tokens/express'
import express, { type Request } from 'express'
import { alice, application, path, type World } from './application.js'
import type { Mistake } from './mistake.js'

const quiet = { onError: () => {}, onRefusal: () => {} }

/** The published snippet: it mints for whomever a part of the request names. */
const mintingFor =
  (named: (request: Request) => TesouroUser) =>
  ({ app, tokens, sessions }: World): void => {
    app.post(
      path,
      sessions,
      express.json(),
      express.text(),
      express.urlencoded({ extended: true }),
      async (request, response) => {
        if (request.session.user === undefined) return void response.sendStatus(401)
        response.set('cache-control', 'no-store')
        response.json(await tokens.mintWidgetToken(named(request)))
      },
    )
  }

/** Endpoints of the user's own that mint for whomever a request names. */
export const identityMistakes: readonly Mistake[] = [
  {
    name: 'a snippet that mints for the body',
    setUp: () =>
      application(
        mintingFor(({ body, session }) => ({
          sub: body?.userId ?? session.user?.sub,
          email: body?.userEmail ?? session.user?.email,
        })),
        {
          files: { 'src/app.ts': '// answers { widgetToken }\n\nconst { userId } = req.body\n' },
        },
      ),
    id: 'endpoint-identity',
    status: 'fail',
    found: /mints for any user that is named in userId and userEmail in the body/,
    todo: /Look at src\/app\.ts:3/,
  },
  {
    name: 'a snippet that mints for the query',
    setUp: () =>
      application(
        mintingFor(({ query, session }) => ({
          sub: String(query.userId ?? session.user?.sub),
          email: String(query.email ?? session.user?.email),
        })),
      ),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in the query/,
  },
  {
    name: 'a snippet that trusts a header',
    setUp: () =>
      application(
        mintingFor((request) => ({
          sub: request.get('x-user-id') ?? 'alice',
          email: request.get('x-user-email') ?? 'alice@example.com',
        })),
      ),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in headers such as x-user-id/,
  },
  {
    name: 'a business that the page may name',
    setUp: () =>
      application(({ app, tokens, sessions }) => {
        const reference = ({ body, session }: Request): TesouroUser | undefined =>
          session.user && {
            ...session.user,
            claims: { organization_reference: body?.organizationReference ?? 'org-1' },
          }
        const router = tesouroTokensRouter({ tokens, getUser: reference, ...quiet })
        app.use('/api/tesouro', sessions, express.json(), router)
      }),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in user \{ … \}, or an organization, in the body/,
  },
  {
    name: 'a tenant that a header may name',
    setUp: () =>
      application(({ app, tokens, sessions }) => {
        const ofTenant = (request: Request): TesouroUser | undefined =>
          request.session.user && {
            ...request.session.user,
            claims: { tenant: request.get('x-tenant-id') ?? 'north' },
          }
        app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser: ofTenant, ...quiet }))
      }),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in headers/,
  },
  {
    name: 'a query that is trusted beside another one',
    setUp: () =>
      application(
        mintingFor(({ query, session }) => ({
          sub: String(query.userId ?? session.user?.sub),
          email: String(session.user?.email),
        })),
        { path: `${path}?lang=en` },
      ),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in the query/,
  },
  {
    name: 'a path that names the user',
    setUp: () =>
      application(
        ({ app, tokens, sessions }) => {
          app.post('/tokens/:id', sessions, async ({ params, session }, response) => {
            if (session.user === undefined) return void response.sendStatus(401)
            const sub = String(params.id)
            response.json(await tokens.mintWidgetToken({ ...alice, sub }))
          })
        },
        { path: '/tokens/alice' },
      ),
    id: 'endpoint-identity',
    status: 'fail',
    found: /named in the path/,
  },
  {
    name: 'an endpoint that asks nobody to sign in',
    setUp: () =>
      application(
        ({ app, tokens }) =>
          app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: () => alice, ...quiet })),
        { signIn: 'none' },
      ),
    id: 'endpoint-session',
    status: 'fail',
    found: /mints for a stranger/,
    todo: /your own session/,
  },
]
