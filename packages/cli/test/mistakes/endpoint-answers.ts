import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { RequestHandler, Response } from 'express'
import { onTestFinished } from 'vitest'
import { alice, application, path } from './application.js'
import { cert, key } from './certificate.js'
import { envWith, type Mistake, type SetUp, server, socketServer } from './mistake.js'

/** An application that gives every request the same answer. */
const answering = (answer: RequestHandler): Promise<SetUp> => application(({ app }) => app.use(answer))

/** An application that refuses with a problem of this code. */
const refusing = (status: number, code: string): Promise<SetUp> =>
  answering((_request, response) => response.status(status).json({ code }))

const page = (name: string, found: RegExp, setUp: Mistake['setUp'], todo?: RegExp): Mistake => ({
  name,
  setUp,
  id: 'endpoint',
  status: 'fail',
  found,
  ...(todo !== undefined && { todo }),
})

/** Answers to the page that are no token. */
const answers: readonly Mistake[] = [
  page('an answer without a body', /answers 200 without a widgetToken$/, () =>
    answering((_request, response) => void response.end()),
  ),
  page('a route that takes only GET', /does not take POST \(405, it allows GET\)/, () =>
    answering((_request, response) => void response.set('allow', 'GET').sendStatus(405)),
  ),
  page('a route that takes no POST, and says no more', /does not take POST \(405\)/, () =>
    answering((_request, response) => void response.sendStatus(405)),
  ),
  page('CSRF protection in front', /403, but not as this library does/, () =>
    answering((_request, response) => void response.sendStatus(403)),
  ),
  page('a guard in front that answers 401', /401, but not as this library does/, () =>
    answering((_request, response) => void response.sendStatus(401)),
  ),
  page('a status of its own', /answers 409: that is no answer of this endpoint/, () =>
    refusing(409, 'taken'),
  ),
  page('a redirect without a target', /redirect \(302\): something in front/, () =>
    answering((_request, response) => void response.sendStatus(302)),
  ),
  page('a user without an e-mail address', /user_not_eligible: .* no sub or no email/, () =>
    refusing(403, 'user_not_eligible'),
  ),
  page('a provider of keys that is down', /temporarily_unavailable: the provider of keys/, () =>
    refusing(503, 'temporarily_unavailable'),
  ),
  page('a body made of nothing', /invalid_body: it takes a request without a body/, () =>
    refusing(400, 'invalid_body'),
  ),
  page('a route that is nowhere', /no such route \(404\)$/, () => application(() => {}, { path: '/tokens' })),
  page('a route that is somewhere else', /404\); the endpoint is at \/widget-token$/, () =>
    application(
      ({ app }) => {
        app.post('/tokens/widget-token', (request) => void request.socket.resetAndDestroy())
        app.post('/api/tesouro/widget-token', (_request, response) => void response.sendStatus(204))
        app.post('/widget-token', (_request, response) => void response.sendStatus(401))
      },
      { path: '/tokens' },
    ),
  ),
  page(
    'the JSON body of EmbeddedProvider refused',
    /with the body that EmbeddedProvider posts, .* it answers 415 unsupported/,
    () =>
      application(({ app, tokens, sessions }) =>
        app.post(path, sessions, async (request, response) => {
          if (request.get('content-type')) return void response.status(415).json({ code: 'unsupported' })
          if (request.session.user === undefined) return void response.sendStatus(401)
          response.set('cache-control', 'no-store').json(await tokens.mintWidgetToken(alice))
        }),
      ),
    /take a JSON body/,
  ),
  page('the JSON body of EmbeddedProvider refused without a word', /it answers 400$/, () =>
    application(({ app, tokens, sessions }) =>
      app.post(path, sessions, async (request, response) => {
        if (request.get('content-type')) return void response.sendStatus(400)
        if (request.session.user === undefined) return void response.sendStatus(401)
        response.set('cache-control', 'no-store').json(await tokens.mintWidgetToken(alice))
      }),
    ),
  ),
  {
    name: 'a mint limit that says no time',
    setUp: () => refusing(429, 'too_many'),
    id: 'endpoint',
    status: 'warn',
    found: /mint limit of this user is reached/,
    todo: /Wait 60 s/,
  },
]

/** Pages of another origin, in the way of which CORS stands. */
const cors = (
  headers: { readonly [name: string]: string },
  onPreflight: (response: Response) => void = (response) => void response.sendStatus(204),
): Promise<SetUp> =>
  application(
    ({ app, tokens, sessions }) =>
      app.all(path, sessions, async (request, response) => {
        if (request.method === 'OPTIONS') return onPreflight(response.set(headers))
        if (request.session.user === undefined) return void response.sendStatus(401)
        response.set('cache-control', 'no-store').json(await tokens.mintWidgetToken(alice))
      }),
    { args: ['--origin', 'http://127.0.0.1:5173'] },
  )
const allowed = { 'access-control-allow-origin': 'http://127.0.0.1:5173' }
const pages: readonly Mistake[] = [
  page('a preflight that forgets the cookies', /preflight does not allow cookies/, () => cors(allowed)),
  page('a preflight that is right, and an answer that cannot be read', /does not let a page .* read it/, () =>
    cors({ ...allowed, 'access-control-allow-credentials': 'true' }),
  ),
  page('a preflight that breaks the connection', /ends the connection without an answer \(ECONNRESET\)/, () =>
    cors({}, (response) => void response.socket?.resetAndDestroy()),
  ),
  {
    name: 'CORS for everybody, with credentials',
    setUp: () => cors({ 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' }),
    id: 'endpoint-origin',
    status: 'fail',
    found: /is allowed by CORS/,
  },
]

/** The endpoint over TLS, and ends of the connection. */
const connections: readonly Mistake[] = [
  page(
    'https: where the application speaks http:',
    /speaks no TLS/,
    async () => ({
      env: await envWith(),
      args: ['--endpoint', (await server(() => {})).replace('http:', 'https:')],
    }),
    /Write http:/,
  ),
  page(
    'a server over TLS that ends the connection',
    /ends the connection without an answer/,
    async () => {
      const listening = createServer({ key, cert }, (request) => request.socket.destroy())
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void listening.close())
      const { port } = listening.address() as AddressInfo
      return { env: await envWith(), args: ['--endpoint', `https://localhost:${port}/x`] }
    },
    /Is it http: there\?/,
  ),
  page('a server that speaks something else than HTTP', /it cannot be reached \(HPE_/, async () => ({
    env: await envWith(),
    args: ['--endpoint', `localhost:${await socketServer((socket) => socket.end('hello\r\n\r\n'))}/x`],
  })),
]

/** What answers in place of the endpoint, or on the way to it. */
export const answerMistakes: readonly Mistake[] = [...answers, ...pages, ...connections]
