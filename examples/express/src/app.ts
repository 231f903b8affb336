import { tesouroTokensRouter } from '@tesouro-tokens/express'
import express, { type Express } from 'express'
import { accounts } from './accounts.js'
import { answerError } from './errors.js'
import { tokens } from './lib/tesouro.js'
import { page } from './page.js'
import { sameOriginOnly } from './same-origin.js'
import { session } from './session.js'
import { signIn, signOut } from './sign-in.js'

export const app: Express = express()
app.disable('x-powered-by')
app.use(session)
app.use(page)

// POST /api/tesouro/widget-token. Who it is for is what your session says, never what the browser says;
// `email` must be an address that you have verified.
app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: (req) => req.session.user }))

app.get('/api/accounts', accounts)
app.post('/login', sameOriginOnly, express.json(), signIn)
app.post('/logout', sameOriginOnly, signOut)
app.use(answerError)
