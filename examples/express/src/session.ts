import { randomBytes } from 'node:crypto'
import type { TesouroUser } from '@tesouro-tokens/express'
import expressSession from 'express-session'

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in. Put there by the sign-in and by nothing else. */
    user: TesouroUser
  }
}

export const cookieName = 'bank.sid'

/** Sessions in memory: give `store` a shared one before there is a second process. */
export const session = expressSession({
  name: cookieName,
  secret: process.env.SESSION_SECRET || randomBytes(32).toString('base64url'),
  cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
  resave: false,
  saveUninitialized: false,
})
