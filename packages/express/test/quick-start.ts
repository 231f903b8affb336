import { randomUUID } from 'node:crypto'
import { type TesouroUser, tesouroTokensFromEnv, tesouroTokensRouter } from '@tesouro-tokens/express'
import express from 'express'
import session from 'express-session'

declare module 'express-session' {
  interface SessionData {
    user: TesouroUser
  }
}

const tokens = tesouroTokensFromEnv()
// Wrong secrets and addresses stop the start, not the first visitor
await tokens.ready({ platform: true })

const app = express()
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? randomUUID(),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
  }),
)

// Stands for your own sign-in, which checks a password. The address must be one that you have verified.
app.post('/sign-in', (req, res) => {
  req.session.user = { sub: 'user-1', email: 'user-1@example.com' }
  res.sendStatus(204)
})

// The widgets in your page ask POST /api/tesouro/widget-token.
app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: (req) => req.session.user }))

// Your backend calls the platform as the signed-in user.
app.get('/accounts', async (req, res) => {
  const { user } = req.session
  if (user === undefined) return void res.sendStatus(401)
  const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10')
  res.status(answer.status).json(await answer.json())
})

app.post('/sign-out', async (req, res) => {
  if (req.session.user) await tokens.forgetUser(req.session.user)
  req.session.destroy(() => res.sendStatus(204))
})

app.listen(Number(process.env.PORT ?? 3000))
