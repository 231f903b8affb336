import { json, type RawRequest } from './client.js'

// Everywhere that a request can carry an identity. None of it may decide for whom a token is minted.

const posted = (value: unknown): RawRequest => ({ headers: json, body: JSON.stringify(value) })
const text = (body: string): RawRequest => ({ headers: json, body })

const names = [
  'userId',
  'userEmail',
  'user_id',
  'user',
  'userid',
  'UserId',
  'sub',
  'subject',
  'email',
  'id',
  'uid',
  'tenant',
  'client_id',
  'organizationReference',
  'act_as',
  'x-test-user',
] as const

const headers = [
  'x-user-id',
  'x-user-email',
  'x-user',
  'userid',
  'user-id',
  'useremail',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-remote-user',
  'remote-user',
  'x-tenant',
  'x-tenant-id',
  'x-organization-id',
  'x-client-id',
  'from',
  'tesouro-user',
] as const

/** Requests that name `id` where the session says otherwise. */
export function* attacks(id: string): Generator<[place: string, request: RawRequest]> {
  const email = `${id}@example.com`
  const identity = { userId: id, userEmail: email, sub: id, email, tenant: id }

  for (const name of names) {
    yield [`query ${name}`, { suffix: `?${name}=${id}` }]
    yield [`query ${name}[]`, { suffix: `?${name}[]=${id}&${name}[]=alice` }]
    yield [`cookie ${name}`, { headers: { cookie: `${name}=${id}` } }]
    yield [`member ${name}`, posted({ [name]: id })]
    yield [`member ${name} in an array`, posted({ [name]: [id] })]
    yield [`member ${name} in an object`, posted({ [name]: { userId: id, toString: id } })]
  }
  for (const name of headers) yield [`header ${name}`, { headers: { [name]: id } }]
  yield ['header authorization', { headers: { authorization: `Basic ${btoa(`${id}:x`)}` } }]
  yield ['bearer with an unsigned token', { headers: { authorization: `Bearer ${unsignedJwt(identity)}` } }]
  yield ['header forwarded', { headers: { forwarded: `for=${id};host=${id}.example` } }]
  yield ['header host', { headers: { host: `${id}.example` } }]
  yield ['header x-forwarded-host', { headers: { 'x-forwarded-host': `${id}.example` } }]
  yield [
    'header x-http-method-override',
    { method: 'GET', headers: { 'x-http-method-override': 'POST', 'x-user-id': id } },
  ]
  yield ['path', { suffix: `/${id}` }]
  yield ['path, encoded', { suffix: `%2f${id}` }]
  yield ['matrix parameter', { suffix: `;userId=${id}` }]
  yield ['query, all at once', { suffix: `?${new URLSearchParams(identity)}` }]
  yield ['query with __proto__', { suffix: `?__proto__[userId]=${id}&__proto__[sub]=${id}` }]

  for (const wrapper of [
    'user',
    'data',
    'body',
    'claims',
    'requestParameters',
    'params',
    'session',
    'json',
  ]) {
    yield [`body under ${wrapper}`, posted({ [wrapper]: identity })]
  }
  yield ['body', posted(identity)]
  yield ['body, only the id', posted({ userId: id })]
  yield ['body, only the address', posted({ userEmail: email })]
  yield ['body, own id and another address', posted({ userId: 'alice', userEmail: email })]
  yield ['body, another id and own address', posted({ userId: id, userEmail: 'alice@example.com' })]
  yield ['body, an array', posted([identity])]
  yield ['body, text', posted(id)]
  yield ['body, doubled, other last', text(`{"userId":"alice","userId":"${id}"}`)]
  yield ['body, doubled, own last', text(`{"userId":"${id}","userId":"alice"}`)]
  yield ['body, escaped name', text(`{"\\u0075serId":"${id}"}`)]
  yield ['body, __proto__', text(`{"__proto__":${JSON.stringify(identity)}}`)]
  yield ['body, constructor', text(`{"constructor":{"prototype":${JSON.stringify(identity)}}}`)]
  yield ['body, __proto__ twice', text(`{"__proto__":{"__proto__":${JSON.stringify(identity)}}}`)]
  yield ['body, two documents', text(`{"userId":"alice"}{"userId":"${id}"}`)]
  yield ['body, byte order mark', text(`\ufeff{"userId":"${id}"}`)]
  yield ['body, chunked', { ...posted(identity), chunked: true }]
  yield ['body, in UTF-16', { headers: json, body: Buffer.from(JSON.stringify(identity), 'utf16le') }]
  yield [
    'form',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `userId=${id}&sub=${id}` },
  ]
  yield ['text', { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(identity) }]
  yield [
    'multipart',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\ncontent-disposition: form-data; name="userId"\r\n\r\n${id}\r\n--b--\r\n`,
    },
  ]
}

function unsignedJwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.`
}
