import type { RequestHandler } from 'express'
import { problem } from './problem.js'

/**
 * Refuses what pages of other origins send. `sameSite` alone does not: a page on another port or subdomain is of
 * the same site, and signing in needs no cookie.
 */
export const sameOriginOnly: RequestHandler = (req, res, next) => {
  const site = req.get('sec-fetch-site')
  const origin = req.get('origin')
  const same = site
    ? site === 'same-origin' || site === 'none'
    : origin === undefined || origin === `${req.protocol}://${req.get('host')}`
  if (same) next()
  else problem(res, 403, 'origin_not_allowed', 'Pages of other origins may not do this.')
}
