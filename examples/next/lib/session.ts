import { getIronSession, type IronSession } from 'iron-session'
import { cookies, headers } from 'next/headers'
import type { Customer } from './users'

/** What the cookie holds, sealed: nobody but this server can read or change it. */
interface Session {
  id: string
  /** Who is signed in. Put there by the sign-in and by nothing else. */
  user: Customer
}

/**
 * The session is in the cookie alone. So a logout takes it from this browser and cannot take back a copy, which is
 * good for eight hours: where that is too long, keep sessions in a store and only their id in the cookie.
 */
export async function getSession(): Promise<IronSession<Partial<Session>>> {
  const overHttps = (await headers()).get('x-forwarded-proto') === 'https'
  return getIronSession<Partial<Session>>(await cookies(), {
    cookieName: 'bank.sid',
    password: process.env.SESSION_SECRET ?? '',
    ttl: 8 * 60 * 60,
    cookieOptions: { httpOnly: true, sameSite: 'lax', secure: overHttps },
  })
}

/** Whoever is signed in, or nobody. */
export async function currentUser(): Promise<Customer | null> {
  return (await getSession()).user ?? null
}
