import { randomBytes } from 'node:crypto'
import { type TesouroUser, tesouroTokensFromEnv, tesouroTokensRouter } from '@tesouro-tokens/express'
import express, { type Request, type Response } from 'express'
import { getIronSession, type IronSession } from 'iron-session'

interface SessionData {
  user?: TesouroUser
}

const password = process.env.SESSION_SECRET ?? randomBytes(32).toString('hex')
const sessionOf = (request: Request, response: Response): Promise<IronSession<SessionData>> =>
  getIronSession<SessionData>(request, response, {
    password,
    cookieName: 'session',
    cookieOptions: { httpOnly: true, sameSite: 'lax', secure: process.env.NODE_ENV === 'production' },
  })

const tokens = tesouroTokensFromEnv()
const app = express()

// Stands for your own check of a password. The address must be one that you have verified.
app.post('/sign-in', express.urlencoded(), async (request, response) => {
  const { username, password: given } = request.body
  if (given !== 'secret') return void response.sendStatus(401)
  const session = await sessionOf(request, response)
  session.user = { sub: username, email: `${username}@example.com` }
  await session.save()
  response.sendStatus(204)
})
app.use(
  '/api/tesouro',
  tesouroTokensRouter({
    tokens,
    getUser: async (request, response) => (await sessionOf(request, response)).user,
  }),
)
app.post('/sign-out', async (request, response) => {
  const session = await sessionOf(request, response)
  if (session.user) await tokens.forgetUser(session.user)
  session.destroy()
  response.sendStatus(204)
})

app.listen(Number(process.env.PORT ?? 3000))
