import { randomBytes } from 'node:crypto'
import { createTesouroTokens } from '@tesouro-tokens/express'
import type { Request, Response } from 'express'
import { onTestFinished } from 'vitest'
import { alice, application, path, type World } from './application.js'
import type { Mistake } from './mistake.js'

type Answer = { widgetToken: string; exp: number }
type Own = (given: { request: Request; response: Response; minted: Answer }) => unknown

/** An endpoint for the session: what it sends is its own. */
export const minting =
  (send: Own, stranger: (response: Response) => void = (response) => void response.sendStatus(401)) =>
  ({ app, tokens, sessions }: World): void => {
    app.all(path, sessions, async (request, response) => {
      if (request.session.user === undefined) return stranger(response)
      const minted = await tokens.mintWidgetToken(alice)
      const sent = await send({ request, response: response.set('cache-control', 'no-store'), minted })
      if (!response.headersSent && !request.socket.destroyed) response.json(sent ?? minted)
    })
  }

const expiring = (name: string, found: RegExp, exp: (right: number) => unknown): Mistake => ({
  name,
  setUp: () => application(minting(({ minted }) => ({ ...minted, csrf: '', exp: exp(minted.exp) }))),
  id: 'endpoint-answer',
  status: 'warn',
  found,
  todo: /in seconds since the epoch/,
})

/** The answer with the token. */
const answers: readonly Mistake[] = [
  expiring('an answer without exp', /has no exp/, () => undefined),
  expiring('an exp in text', /exp is not a number/, String),
  expiring('an exp in milliseconds', /exp is in milliseconds/, (exp) => exp * 1_000),
  expiring('an exp that has passed', /exp has passed already/, (exp) => exp - 3_600),
  expiring(
    'an exp that is too far away',
    /exp is \d+ s away: the platform takes 600 s/,
    (exp) => exp + 3_600,
  ),
  {
    name: 'a subject token as widget token',
    setUp: () => application(minting(() => ({ widgetToken: 'eyJhbGciOiJub25lIn0.e30.' }))),
    id: 'endpoint-answer',
    status: 'fail',
    found: /widgetToken is no widget token/,
  },
  {
    name: 'a refusal that holds the client secret',
    setUp: () =>
      application(({ app, sandbox }) =>
        app.use((_request, response) => void response.status(401).json(sandbox.env)),
      ),
    id: 'endpoint-answer',
    status: 'fail',
    found: /holds TESOURO_CLIENT_SECRET/,
  },
]

/** Whether a request names somebody in a JSON body. */
const namesUser = (request: Request): boolean => request.is('json') === 'json'

/** What another instance with another widget secret mints, as the endpoint does for some requests. */
async function mintedElsewhere({ sandbox }: World): Promise<Answer> {
  const other = createTesouroTokens({
    ...sandbox.options,
    widgetSecret: randomBytes(32).toString('hex'),
  })
  onTestFinished(() => other.close())
  return other.mintWidgetToken(alice)
}

/** Other methods, large bodies, and bodies that name somebody else. */
const attacks: readonly Mistake[] = [
  {
    name: 'PUT that mints',
    setUp: () =>
      application(
        minting(({ request, response }) => {
          if (request.method === 'GET') response.sendStatus(405)
        }),
      ),
    id: 'endpoint-form',
    status: 'fail',
    found: /^PUT mints a token$/,
  },
  {
    name: 'an exception for a large body',
    setUp: () =>
      application(
        minting(async ({ request, response }) => {
          if (request.method !== 'POST') response.sendStatus(405)
          for await (const _ of request) response.locals.read = true
          if (Number(request.get('content-length')) > 1_000_000) response.sendStatus(500)
        }),
      ),
    id: 'endpoint-form',
    status: 'warn',
    found: /a body of 1 MiB is answered 500/,
  },
  {
    name: 'an exception for a body that names somebody else',
    setUp: () =>
      application(
        minting(async ({ request, response }) => {
          if (request.is('text')) request.socket.destroy()
          const parts: Buffer[] = []
          for await (const part of request) parts.push(part)
          if (String(Buffer.concat(parts)).includes('doctor-victim')) response.sendStatus(500)
        }),
      ),
    id: 'endpoint-identity',
    status: 'warn',
    found: /answers 5xx to userId and userEmail in the body, /,
  },
  {
    name: 'tokens for named users that nobody can open',
    setUp: () =>
      application((world) =>
        minting(({ request }) => (namesUser(request) ? mintedElsewhere(world) : undefined))(world),
      ),
    id: 'endpoint-identity',
    status: 'warn',
    found: /cannot be opened here.* also where the body names another user/,
    todo: /what getUser takes its answer from/,
  },
  {
    name: 'a widget secret that the doctor is not given',
    setUp: () =>
      application(
        minting(() => undefined),
        { secret: 'none' },
      ),
    id: 'endpoint-identity',
    status: 'warn',
    found: /cannot be opened here/,
    todo: /Set the TESOURO_WIDGET_SECRET that the endpoint uses/,
  },
  {
    name: 'a query that signs strangers in',
    setUp: () =>
      application(({ app, tokens }) =>
        app.post(path, async (request, response) => {
          if (request.query.userId === undefined) return void response.sendStatus(401)
          response.json(await tokens.mintWidgetToken(alice))
        }),
      ),
    id: 'endpoint-session',
    status: 'fail',
    found: /mints for a stranger who sends the query/,
  },
]

/** What the endpoint sends, and to whom. */
export const tokenMistakes: readonly Mistake[] = [...answers, ...attacks]
