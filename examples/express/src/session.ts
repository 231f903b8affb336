import { randomBytes } from 'node:crypto'
import type { TesouroUser } from '@tesouro-tokens/express'
import { RedisStore } from 'connect-redis'
import expressSession from 'express-session'
import { redis } from './lib/redis.js'

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in. Put there by the sign-in and by nothing else. */
    user: TesouroUser
  }
}

export const cookieName = 'bank.sid'

/** Sessions are kept where the tokens are: in Redis, or in the memory of the one process. */
export const session = expressSession({
  ...(redis && { store: new RedisStore({ client: redis, prefix: 'example:session:' }) }),
  name: cookieName,
  secret: process.env.SESSION_SECRET || randomBytes(32).toString('base64url'),
  cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
  resave: false,
  saveUninitialized: false,
})
