import { problem } from './problem'

/**
 * The refusal of what pages of other origins send, if it is that. Next protects its actions in this way, but no route
 * handlers; and `sameSite` alone does not do it: a page on another port or subdomain is of the same site, and signing
 * in needs no cookie.
 */
export function refusalOfOtherOrigins({ headers }: Request): Response | undefined {
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const host = headers.get('x-forwarded-host') ?? headers.get('host')
  const same = site
    ? site === 'same-origin' || site === 'none'
    : origin === null || (URL.canParse(origin) && new URL(origin).host === host)
  return same ? undefined : problem(403, 'origin_not_allowed', 'Pages of other origins may not do this.')
}
