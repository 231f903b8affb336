import type { RequestHandler } from 'express'
import { tokens } from './lib/tesouro.js'
import { problem } from './problem.js'

/** The signed-in customer's bank accounts, asked for as that customer. What is thrown here, `errors.ts` answers. */
export const accounts: RequestHandler = async (req, res) => {
  const { user } = req.session
  if (!user) return problem(res, 401, 'not_signed_in', 'Nobody is signed in.')

  const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10', {
    signal: AbortSignal.timeout(10_000),
  })
  const body: unknown = await answer.json().catch(() => undefined)
  if (answer.ok && body !== undefined) {
    res.set('cache-control', 'no-store').json(body)
    return
  }

  // The platform's 401 is about our token, not about the customer's session: the page never sees it as one.
  const retryAfter = answer.headers.get('retry-after')
  if (retryAfter) res.set('retry-after', retryAfter)
  if (answer.status === 403) problem(res, 403, 'not_permitted', 'This customer may not see bank accounts.')
  else if (answer.status === 429 || answer.status >= 500)
    problem(res, 503, 'platform_unavailable', 'The bank accounts cannot be read now. Try again soon.')
  else problem(res, 502, 'platform_answer', 'The platform gave no usable answer.')
}
