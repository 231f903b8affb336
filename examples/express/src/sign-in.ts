import { promisify } from 'node:util'
import type { RequestHandler } from 'express'
import { tokens } from './lib/tesouro.js'
import { problem } from './problem.js'
import { cookieName } from './session.js'
import { customers } from './users.js'

/** Signs a customer in. Your application asks for a password or a passkey here, or sends people to its OIDC provider. */
export const signIn: RequestHandler = async (req, res) => {
  const customer = customers.find(({ sub }) => sub === req.body?.sub)
  if (customer === undefined) return problem(res, 401, 'unknown_customer', 'There is no such customer.')

  // A new session id, so that one planted in the browser beforehand is worth nothing.
  await promisify(req.session.regenerate).call(req.session)
  req.session.user = customer
  await promisify(req.session.save).call(req.session)
  res.set('cache-control', 'no-store').json(customer)
}

/** Ends the session, then drops the customer's access tokens. */
export const signOut: RequestHandler = async (req, res) => {
  const { user } = req.session
  await promisify(req.session.destroy).call(req.session)
  if (user) await tokens.forgetUser(user)
  res.clearCookie(cookieName).status(204).end()
}
