import type { EndpointRequest } from './send.js'
import type { Whose } from './target.js'

// Everywhere that a request can carry an identity, in as few requests as tell them apart: each one that an endpoint
// rightly ignores mints a token, and the user has only so many in a minute.

/** Nobody's: minting sends nothing to the platform, so the person need not exist. */
export const victim = { id: 'doctor-victim', email: 'doctor-victim@attacker.example' } as const

/** One way to claim an identity. */
export interface IdentityAttack {
  /** Where the identity stands. */
  place: string
  /** Which of the user's lines is to blame, by topic of `lookAt`. */
  blame: 'body' | 'query' | 'headers' | 'cookies'
  request: EndpointRequest
}

const json = { 'content-type': 'application/json' }
const identity = { userId: victim.id, userEmail: victim.email }
/** Which business a user acts for is as little the browser's to say as who the user is. */
const organization = {
  organizationReference: victim.id,
  organization_reference: victim.id,
  organizationId: victim.id,
  tenant: victim.id,
  tenantId: victim.id,
}
const everything = {
  ...identity,
  sub: victim.id,
  email: victim.email,
  id: victim.id,
  user_id: victim.id,
  ...organization,
}

const headerNames = [
  'x-user-id',
  'x-user',
  'x-forwarded-user',
  'x-auth-request-user',
  'x-remote-user',
  'remote-user',
  'userid',
  'user-id',
  'x-organization-id',
  'x-organization-reference',
  'x-tenant-id',
  'x-tenant',
]
const emailHeaderNames = ['x-user-email', 'x-email', 'x-forwarded-email', 'x-auth-request-email', 'from']

export const identityAttacks: readonly IdentityAttack[] = [
  { place: 'userId and userEmail in the body', blame: 'body', request: posted(identity) },
  { place: 'userId in the body', blame: 'body', request: posted({ userId: victim.id }) },
  { place: 'userEmail in the body', blame: 'body', request: posted({ userEmail: victim.email }) },
  {
    place: 'sub and email in the body',
    blame: 'body',
    request: posted({ sub: victim.id, email: victim.email }),
  },
  {
    place: 'user { … }, or an organization, in the body',
    blame: 'body',
    request: posted({ user: everything, data: everything, session: everything, ...organization }),
  },
  {
    place: '__proto__ in the body',
    blame: 'body',
    request: { headers: json, body: `{"__proto__":${JSON.stringify(everything)}}` },
  },
  {
    place: 'a form as the body',
    blame: 'body',
    request: {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(everything).toString(),
    },
  },
  {
    place: 'a body that is declared as text',
    blame: 'body',
    request: { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(identity) },
  },
  { place: 'the query', blame: 'query', request: { query: everything } },
  {
    place: 'headers such as x-user-id',
    blame: 'headers',
    request: {
      headers: Object.fromEntries([
        ...headerNames.map((name) => [name, victim.id]),
        ...emailHeaderNames.map((name) => [name, victim.email]),
      ]),
    },
  },
  {
    place: 'cookies such as userId',
    blame: 'cookies',
    request: {
      headers: {
        cookie: `userId=${victim.id}; userEmail=${victim.email}; user=${victim.id}; email=${victim.email}`,
      },
    },
  },
]

/** Somebody else in the place of the signed-in user, where the path names them: `/widget-token/user-1`. */
export function* pathAttack(pathname: string, own: Whose): Generator<IdentityAttack> {
  if (own === 'unknown') return
  const names = [own.sub, own.email].filter((name) => typeof name === 'string' && name !== '')
  const parts = pathname.split('/')
  const path = parts.map((part) => (names.includes(decoded(part)) ? victim.id : part)).join('/')
  if (path !== pathname) yield { place: 'the path', blame: 'query', request: { path } }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** An unsigned JWT, for a session that trusts whatever a bearer token says. */
export const unsignedBearer: EndpointRequest = {
  headers: {
    authorization: `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded({ ...everything, exp: 4_102_444_800 })}.`,
  },
}

/** Pages of attackers, as browsers describe them; `host` is the endpoint's own. */
export function foreignPages(
  own: URL,
  page: string,
): readonly [name: string, headers: { [name: string]: string }][] {
  const { host, hostname, protocol } = own
  const cross = { 'sec-fetch-site': 'cross-site' }
  const pageHost = new URL(page).host
  return [
    ['another site', { origin: 'https://attacker.example', ...cross }],
    ['another site, in a browser without Sec-Fetch-Site', { origin: 'https://attacker.example' }],
    [
      'a site whose name begins with yours',
      { origin: `${protocol}//${host.replace(':', '-')}.attacker.example`, ...cross },
    ],
    [
      'a site whose name ends with that of your page',
      { origin: `https://attacker-${pageHost.replace(/:\d+$/, '')}`, ...cross },
    ],
    [
      'a subdomain that another party may own',
      { origin: `${protocol}//doctor-attack.${hostname}`, 'sec-fetch-site': 'same-site' },
    ],
    ['a sandboxed frame (origin null)', { origin: 'null', ...cross }],
    ['a sandboxed frame, in a browser without Sec-Fetch-Site', { origin: 'null' }],
    ['a page without an origin, from elsewhere', cross],
  ]
}

/** What browsers send before a page of another origin may ask with JSON. */
export const preflight: { [name: string]: string } = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type',
}

function posted(value: object): EndpointRequest {
  return { headers: json, body: JSON.stringify(value) }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
