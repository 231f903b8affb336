import { randomUUID } from 'node:crypto'
import { ExpressAuth, type ExpressAuthConfig, getSession } from '@auth/express'
import Credentials from '@auth/express/providers/credentials'
import { tesouroTokensFromEnv, tesouroTokensRouter } from '@tesouro-tokens/express'
import express from 'express'

const tokens = tesouroTokensFromEnv()

const auth: ExpressAuthConfig = {
  secret: process.env.AUTH_SECRET ?? randomUUID(),
  trustHost: true,
  providers: [
    Credentials({
      credentials: { username: {}, password: { type: 'password' } },
      // Stands for your own check of a password. The address must be one that you have verified.
      authorize: ({ username, password }) =>
        password === 'secret' ? { id: `${username}`, email: `${username}@example.com` } : null,
    }),
  ],
  callbacks: {
    // Auth.js keeps the id in its cookie, as `sub`, and leaves it out of the session.
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
  events: {
    async signOut(message) {
      if ('token' in message && message.token?.sub) await tokens.forgetUser({ sub: message.token.sub })
    },
  },
}

const app = express()
// Mounted without a wildcard: on Express 5, Auth.js takes the mount path for its own path.
app.use('/auth', ExpressAuth(auth))
app.use(
  '/api/tesouro',
  tesouroTokensRouter({
    tokens,
    getUser: async (request) => {
      const { id, email } = (await getSession(request, auth))?.user ?? {}
      return id && email ? { sub: id, email } : null
    },
  }),
)

app.listen(Number(process.env.PORT ?? 3000))
