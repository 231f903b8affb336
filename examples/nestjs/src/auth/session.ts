import { randomBytes } from 'node:crypto'
import type { TesouroUser } from '@tesouro-tokens/nestjs'
import type { RequestHandler } from 'express'
import expressSession from 'express-session'

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in. Put there by the sign-in and by nothing else. */
    user: TesouroUser
  }
}

export const cookieName = 'bank.sid'

/** Sessions in memory: give `store` a shared one before there is a second process. */
export function session(secret: string | undefined): RequestHandler {
  return expressSession({
    name: cookieName,
    secret: secret || randomBytes(32).toString('base64url'),
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
    resave: false,
    saveUninitialized: false,
  })
}
