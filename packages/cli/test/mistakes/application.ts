import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens, type TesouroTokens, type TesouroUser } from '@tesouro-tokens/express'
import type { Sandbox } from '@tesouro-tokens/sandbox'
import express, { type Express, type RequestHandler } from 'express'
import session from 'express-session'
import { onTestFinished } from 'vitest'
import { platform, type SetUp } from './mistake.js'

declare module 'express-session' {
  interface SessionData {
    user: TesouroUser
  }
}

export const alice: TesouroUser = { sub: 'alice', email: 'alice@example.com' }
export const path = '/api/tesouro/widget-token'

/** What an application is built with. */
export interface World {
  app: Express
  tokens: TesouroTokens
  sandbox: Sandbox
  sessions: RequestHandler
}

/** A real application on a free port: `build` mounts what is right or wrong in it. */
export async function application(
  build: (world: World) => void,
  more: SetUp & { path?: string; signIn?: 'after' | 'none'; secret?: 'none' } = {},
): Promise<SetUp> {
  const sandbox = await platform()
  const tokens = createTesouroTokens(sandbox.options)
  const app = express()
  app.set('env', 'test')
  const sessions = session({ secret: 'canary-session-secret', resave: false, saveUninitialized: false })
  app.post('/sign-in', sessions, (request, response) => {
    request.session.user = alice
    response.sendStatus(204)
  })
  build({ app, tokens, sandbox, sessions })
  const listening = createServer(app)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    listening.closeAllConnections()
    await new Promise((resolve) => listening.close(resolve))
    await tokens.close()
  })
  const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  const signedIn = await fetch(`${origin}/sign-in`, { method: 'POST' })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const { TESOURO_WIDGET_SECRET, ...others } = sandbox.env
  return {
    ...more,
    env: { ...others, ...(more.secret !== 'none' && { TESOURO_WIDGET_SECRET }), ...more.env },
    args: [
      '--endpoint',
      `${origin}${more.path ?? path}`,
      ...(more.signIn === 'none' ? [] : ['--cookie', cookie]),
      ...(more.args ?? []).map((arg) => arg.replace('ORIGIN', origin)),
    ],
  }
}
