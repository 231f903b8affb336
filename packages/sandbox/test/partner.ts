// What a partner's backend and the widget in its page would send, made without this project's own client.
import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto'
import { CompactEncrypt, SignJWT } from 'jose'
import type { Sandbox, SandboxClientAccess } from '../src/index.js'

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

type Members = Record<string, unknown>

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

const keyOf = ({ env }: SandboxClientAccess): KeyObject =>
  createPrivateKey({ key: JSON.parse(env.TESOURO_SUBJECT_TOKEN_KEY ?? ''), format: 'jwk' })

/** A subject token; members that are `undefined` are left out. */
export function subjectToken(
  client: SandboxClientAccess,
  claims: Members = {},
  { key = keyOf(client), algorithm = 'ES256' }: { key?: KeyObject | Uint8Array; algorithm?: string } = {},
): Promise<string> {
  const now = nowSeconds()
  const all = {
    sub: 'u_1',
    email: 'u_1@partner.test',
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
    ...claims,
  }
  return new SignJWT(all).setProtectedHeader({ alg: algorithm }).sign(key)
}

export function unsecuredToken(claims: Members = {}, header: Members = { alg: 'none' }): string {
  const part = (value: Members): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = { sub: 'u_1', email: 'u_1@partner.test', exp: nowSeconds() + 300, ...claims }
  return `${part(header)}.${part(body)}.`
}

export interface Reply {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

/** A form posted to the platform; members that are `undefined` are left out. */
export async function postForm(sandbox: Sandbox, path: string, members: Members): Promise<Reply> {
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  const body = new URLSearchParams(present.map(([name, value]): [string, string] => [name, String(value)]))
  return await reply(await fetch(sandbox.baseUrl + path, { method: 'POST', body }))
}

/** A token exchange as the first client. */
export async function exchange(sandbox: Sandbox, members: Members = {}): Promise<Reply> {
  const { clientId, clientSecret } = sandbox.options
  return await postForm(sandbox, '/openid/connect/token', {
    grant_type: exchangeGrant,
    client_id: clientId,
    client_secret: clientSecret,
    subject_token: 'subject_token' in members ? undefined : await subjectToken(sandbox),
    subject_token_type: accessTokenType,
    ...members,
  })
}

/** The access token of a user of the first client. */
export async function userToken(
  sandbox: Sandbox,
  sub = 'u_1',
  email = `${sub}@partner.test`,
): Promise<string> {
  const { body } = await exchange(sandbox, { subject_token: await subjectToken(sandbox, { sub, email }) })
  return String(body.access_token)
}

export async function appToken(sandbox: Sandbox): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  const form = { grant_type: 'client_credentials', client_id, client_secret }
  const { body } = await postForm(sandbox, '/openid/connect/token', form)
  return String(body.access_token)
}

/** A widget token; members that are `undefined` are left out. */
export async function widgetToken(
  client: SandboxClientAccess,
  members: Members = {},
  { alg = 'A256KW', enc = 'A256GCM', secret = Buffer.from(client.options.widgetSecret, 'hex') } = {},
): Promise<string> {
  const now = nowSeconds()
  const payload = {
    grant_type: exchangeGrant,
    client_id: client.options.clientId,
    client_secret: client.options.clientSecret,
    subject_token: 'subject_token' in members ? undefined : await subjectToken(client),
    subject_token_type: accessTokenType,
    iat: now,
    exp: now + 480,
    ...members,
  }
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg, enc })
    .encrypt(secret)
}

export async function startWidget(sandbox: Sandbox, token: string | undefined): Promise<Reply> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return await reply(await fetch(`${sandbox.baseUrl}/api/widget-gateway/init`, { method: 'POST', headers }))
}

/** A REST call. */
export async function call(
  sandbox: Sandbox,
  path: string,
  accessToken: string | undefined,
  init: { method?: string; headers?: Record<string, string>; json?: unknown } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, json } = init
  const response = await fetch(sandbox.baseUrl + path, {
    method,
    headers: {
      ...headers,
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  return await reply(response)
}

export const accounts = (sandbox: Sandbox, accessToken: string | undefined): Promise<Reply> =>
  call(sandbox, '/embedded-banking/v1/bank-accounts?limit=10', accessToken)
