import type { TesouroUser } from '../user.js'
import { headerValues, type WidgetTokenRequestHeaders } from './headers.js'
import { hasPostedShape } from './identity.js'
import type { WidgetTokenProblemCode } from './problem.js'

/**
 * What an adapter knows about wiring in its framework, in sentences that follow what core has found out. For authors of
 * adapters.
 */
export interface WidgetTokenHints {
  /** How to make the framework trust the proxy that names the public host. */
  proxy?: string | undefined
  /** What puts the user on the request, and how that is mounted before this endpoint. */
  session?: string | undefined
}

/** A refused request, as far as a hint needs it. */
export interface RefusedRequest {
  host: string | undefined
  headers: WidgetTokenRequestHeaders
  /** What `getUser` gave. */
  user: TesouroUser | null | undefined
  /** Whether anybody was signed in here since the start. */
  everSignedIn: boolean
}

/** An origin that can be printed: hosts of the DNS and nothing that ends a line or moves a cursor. */
const printableOrigin =
  /^[a-z][a-z0-9+.-]{0,30}:\/\/(?:[a-z0-9_-]{1,63}\.){0,10}[a-z0-9_-]{1,63}(?::\d{1,5})?$/

const printableHost = /^(?:[a-z0-9_-]{1,63}\.){0,10}[a-z0-9_-]{1,63}(?::\d{1,5})?$/i

/** The option that would change a refusal which is probably a mistake in the wiring; `undefined` for any other refusal. */
export function hintOf(
  code: WidgetTokenProblemCode,
  request: RefusedRequest,
  adapter: WidgetTokenHints,
): string | undefined {
  if (code === 'origin_not_allowed') return originHint(request, adapter)
  if (code === 'user_not_eligible') return eligibilityHint(request.user)
  // with a right user it is what it says: a page of somebody else's, or an attempt to become somebody
  if (code === 'identity_mismatch') return bodyHint(request.user) ?? eligibilityHint(request.user)
  if (code === 'not_signed_in') return sessionHint(request, adapter)
  return undefined
}

function originHint({ headers, host }: RefusedRequest, { proxy }: WidgetTokenHints): string {
  const [given = ''] = headerValues(headers, 'origin')
  const origin = printableOrigin.test(given) ? given : undefined
  const own = host !== undefined && printableHost.test(host) ? `, and takes its own host for ${host}` : ''
  const who = origin === undefined ? 'a page of another origin' : `a page of ${origin}`
  const found = `the endpoint was asked by ${who}${own}.`
  const [forwarded = ''] = headerValues(headers, 'x-forwarded-host')
  if (origin !== undefined && hostOf(origin) === forwarded.split(',', 1)[0]?.trim().toLowerCase()) {
    const way = proxy ?? 'Tell the framework to trust the proxy.'
    return `${found} A proxy says in X-Forwarded-Host that the page and the endpoint share a host. ${way}`
  }
  const entry = origin === undefined ? 'https://app.example.com' : origin
  return (
    `${found} If that page is yours, name its origin: allowedOrigins: ['${entry}']. If it is served by this very host, ` +
    `something in front of the endpoint changes the Host header. ${proxy ?? 'Pass the public host on.'}`
  )
}

const hostOf = (origin: string): string => origin.slice(origin.indexOf('//') + 2)

/** Members that users have under other names. */
const otherNames = {
  sub: ['id', 'userId', 'user_id', '_id', 'uid', 'uuid'],
  email: ['mail', 'emailAddress', 'email_address', 'userEmail', 'emails'],
} as const

/** The published snippets hand on what the page has posted. */
function bodyHint(user: RefusedRequest['user']): string | undefined {
  if (!hasPostedShape(Object(user))) return undefined
  return (
    "getUser returned a user with userId or userEmail: this looks like the browser's request body. The user comes from your " +
    'own session, as { sub, email }.'
  )
}

function eligibilityHint(user: RefusedRequest['user']): string | undefined {
  if (typeof user !== 'object' || user === null || hasPostedShape(user)) return undefined
  const missing = (['sub', 'email'] as const).filter((name) => isMissing(user[name]))
  if (missing.length === 0) return undefined
  const renames = missing.flatMap((name) => {
    const other = otherNames[name].find((candidate) => Object.hasOwn(user, candidate))
    return other === undefined ? [] : `${name}: user.${other}`
  })
  const way =
    renames.length > 0
      ? `It has other members: did you mean { ${renames.join(', ')} }?`
      : 'Give { sub, email }: your own stable id of the user, and an address that you have verified.'
  return `getUser returned a user without ${missing.join(' and without ')}. ${way}`
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

/** Only until somebody is signed in: from then on the session works, and a 401 is what it seems to be. */
function sessionHint(
  { headers, everSignedIn }: RefusedRequest,
  { session }: WidgetTokenHints,
): string | undefined {
  const carries = ['cookie', 'authorization'].filter((name) => headerValues(headers, name).length > 0)
  if (everSignedIn || carries.length === 0) return undefined
  const way =
    session ?? 'Look at what getUser reads: the session must exist before the request reaches this endpoint.'
  return `getUser returned nobody for a request with ${carries.join(' and ')}, and has returned nobody since the start. ${way}`
}
