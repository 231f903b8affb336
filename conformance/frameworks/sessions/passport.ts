import { randomUUID } from 'node:crypto'
import { type TesouroUser, tesouroTokensFromEnv, tesouroTokensRouter } from '@tesouro-tokens/express'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'

declare global {
  namespace Express {
    interface User extends TesouroUser {}
  }
}

// Stands for your own check of a password. The address must be one that you have verified.
passport.use(
  new Strategy((username, password, done) => {
    done(null, password === 'secret' ? { sub: username, email: `${username}@example.com` } : false)
  }),
)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user: Express.User, done) => done(null, user))

const tokens = tesouroTokensFromEnv()
const app = express()
const cookie = { httpOnly: true, sameSite: 'lax', secure: 'auto' } as const
const secret = process.env.SESSION_SECRET ?? randomUUID()
app.use(session({ secret, resave: false, saveUninitialized: false, cookie }))
app.use(passport.session()) // puts the user on the request: before the router
app.post('/sign-in', express.urlencoded(), passport.authenticate('local'), (_request, response) => {
  response.sendStatus(204)
})
app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: ({ user }) => user }))
app.post('/sign-out', async (request, response) => {
  if (request.user) await tokens.forgetUser(request.user)
  request.logout(() => response.sendStatus(204))
})

app.listen(Number(process.env.PORT ?? 3000))
