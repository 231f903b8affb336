import { createTesouroTokens } from '@tesouro-tokens/core'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { CompactEncrypt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { run } from './run.js'

let env: Readonly<Record<string, string>>
let widgetToken: string
let accessToken: string
const user = { sub: 'canary-sub', email: 'canary@example.com' }

beforeAll(async () => {
  const sandbox = await startSandbox()
  const tokens = createTesouroTokens(sandbox.options)
  env = sandbox.env
  ;({ widgetToken } = await tokens.mintWidgetToken(user))
  ;({ accessToken } = await tokens.getUserAccessToken(user))
  await tokens.close()
  await sandbox.close()
})

const inspect = async (
  input: string,
  more: Parameters<typeof run>[1] = {},
): Promise<{
  code: number
  json: { kind: string; problems: string[]; members: { path: string; value: string }[]; notes: string[] }
  out: string
}> => {
  const { code, out } = await run(['inspect', '--json'], { input, env, ...more })
  return { code, out, json: JSON.parse(out) }
}

describe('a widget token', () => {
  test('with its secret is opened, every member is explained, and secrets are masked', async () => {
    const { code, json, out } = await inspect(widgetToken)
    expect(code).toBe(0)
    expect(json).toMatchObject({ kind: 'widget token', problems: [] })
    const values = Object.fromEntries(json.members.map(({ path, value }) => [path, value]))
    expect(values['header.alg']).toBe('A256KW')
    expect(values['payload.client_secret']).toBe('[hidden]')
    expect(values['payload.subject_token']).toBe('[hidden]')
    expect(values['subject_token.payload.sub']).toBe('canary-sub')
    expect(values['payload.exp']).toMatch(/Z, in 8 min|Z, in \d+ s/)
    for (const name of ['TESOURO_CLIENT_SECRET', 'TESOURO_WIDGET_SECRET'])
      expect(out).not.toContain(env[name])
  })

  test.each([
    ['without a secret', {}],
    ['with another secret', { TESOURO_WIDGET_SECRET: 'ab'.repeat(32) }],
    ['with a secret that is none', { TESOURO_WIDGET_SECRET: 'abc' }],
  ])('of somebody else, %s, says something of its content', async (_, own) => {
    for (const json of [true, false]) {
      const { out } = await run(['inspect', ...(json ? ['--json'] : [])], { input: widgetToken, env: own })
      expect(out).not.toMatch(/canary|payload|client_id|subject_token/)
      expect(out).toMatch(/TESOURO_WIDGET_SECRET|widget secret/)
    }
  })

  test('that has expired says since when', async () => {
    const { code, json } = await inspect(widgetToken, { now: () => Date.now() + 3_600_000 })
    expect(code).toBe(1)
    expect(json.problems.join()).toMatch(/it has expired 52 min ago/)
  })

  const sealed = (content: unknown): Promise<string> =>
    new CompactEncrypt(
      new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)),
    )
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
      .encrypt(Buffer.from(env.TESOURO_WIDGET_SECRET ?? '', 'hex'))
  const now = Math.floor(Date.now() / 1_000)
  const content = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: 'sandbox-client',
    client_secret: 'canary-client-secret',
    subject_token: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"u","email":"e"}').toString('base64url')}.`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    iat: now,
    exp: now + 480,
  }

  test.each([
    ['another grant', { ...content, grant_type: 'password' }, /its grant_type is not urn:.*:token-exchange/],
    [
      'another type of subject token',
      { ...content, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
      /its subject_token_type is not urn:.*:access_token/,
    ],
    ['the form of the React guide', { sub: 'u', email: 'e', aud: 'a', iss: 'i' }, /has no grant_type/],
    ['text', 'canary-of-a-text', /it opens, but what it holds is no JSON object/],
  ])('with %s inside is taken for a right one', async (_, inside, problem) => {
    const { code, json, out } = await inspect(await sealed(inside))
    expect(json.problems.join('\n')).toMatch(problem)
    expect(out).not.toContain('canary')
    expect(code).toBe(1)
  })

  test('with an unsigned subject token says nothing of that', async () => {
    const { code, json } = await inspect(await sealed(content))
    expect(json.notes.join()).toMatch(
      /subject_token: it has no signature.*only where onboarding has confirmed/,
    )
    expect(code).toBe(0)
  })

  test('of another client is named', async () => {
    const { json } = await inspect(widgetToken, { env: { ...env, TESOURO_CLIENT_ID: 'another' } })
    expect(json.problems.join()).toMatch(/client_id is another than TESOURO_CLIENT_ID/)
  })
})

test('an access token, or one copied with what stood around it, is not read', async () => {
  for (const text of [
    accessToken,
    `Bearer ${accessToken}\n`,
    ` "${accessToken}" `,
    `Authorization: Bearer ${accessToken}`,
  ]) {
    const { code, json } = await inspect(text)
    expect(json.problems).toEqual([])
    expect(code).toBe(0)
  }
})

describe('a broken token is not told where it is broken:', () => {
  const part = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const claims = { sub: 'u', email: 'u@example.com', exp: 4_000_000_000 }
  const header = part({ alg: 'ES256' })
  test.each([
    ['cut after its first part', () => header, /one part: a signed token has 3/],
    ['two parts', () => `${header}.${part(claims)}`, /2 parts.*cut off/],
    ['six parts', () => `${widgetToken}.x`, /6 parts.*two tokens/],
    ['white space in the middle', () => `${header}.${part(claims)}. sig`, /part 3 has white space/],
    ['shortened', () => `${header}.${part(claims).slice(0, 9)}….sig`, /was shortened/],
    ['percent-encoded', () => `${header}%2E${part(claims)}%2Esig`, /percent-encoded/],
    [
      'a header that is no JSON',
      () => `${part('hello')}.${part(claims)}.c2ln`,
      /part 1: the header is base64url, but what it holds is no JSON object/,
    ],
    ['a payload that was cut', () => `${header}.${part(claims).slice(0, 24)}.c2ln`, /part 2: the payload/],
    [
      'a payload in plain base64',
      () => `${header}.ab+/.c2ln`,
      /part 2: the payload is not base64url: character 3/,
    ],
    ['no signature', () => `${header}.${part(claims)}.`, /part 3: the signature is missing/],
    [
      'alg none with a signature',
      () => `${part({ alg: 'none' })}.${part(claims)}.c2ln`,
      /part 3: its header says alg none/,
    ],
    [
      'milliseconds',
      () => `${header}.${part({ ...claims, exp: 4_000_000_000_000 })}.c2ln`,
      /exp is in milliseconds/,
    ],
    ['no email', () => `${header}.${part({ sub: 'u', exp: 4_000_000_000 })}.c2ln`, /it has no email/],
    [
      'a key that is too short',
      () => widgetToken.replace(/\.[^.]{54}\./, '.abc.'),
      /part 2: the encrypted key has 3 characters instead of 54/,
    ],
    ['a tag that is cut', () => widgetToken.slice(0, -3), /part 5: the authentication tag has 19 characters/],
    [
      'a ciphertext that was changed',
      () => widgetToken.replace(/^([^.]+\.[^.]+\.[^.]+\.)(..)/, '$1zz'),
      /does not open/,
    ],
    [
      'the answer of an endpoint around it',
      () => `{ "widgetToken": "${widgetToken}" }\n`,
      /it is JSON: give only the token in it/,
    ],
    ['nothing but a dot', () => '.', /2 parts/],
    ['two dots', () => '..', /the header is empty/],
  ])('%s', async (_, token, problem) => {
    const { code, json } = await inspect(token())
    expect(json.problems.join('\n')).toMatch(problem)
    expect(code).toBe(1)
  })
})

test('times that no calendar has a day for end the command', async () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url')
  for (const time of ['-1e20', '1e300', '-99999999999999', '1e11', '-0.5', '"soon"', '[1]', 'null']) {
    const text = `{"sub":"u","email":"e","exp":${time},"iat":${time},"nbf":${time}}`
    const { code, out, error } = await run(['inspect'], {
      input: `${part('{"alg":"ES256"}')}.${part(text)}.c2ln`,
    })
    expect(error).toBe('')
    expect(out).toContain('payload.exp')
    expect(code).toBe(1)
  }
})

test('members are explained by what every object inherits', async () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url')
  const members = '{"sub":"u","email":"e","constructor":1,"toString":2,"__proto__":3}'
  const { out } = await run(['inspect'], { input: `${part('{"alg":"ES256"}')}.${part(members)}.c2ln` })
  expect(out).not.toMatch(/native code|\[object/)
})

test('a token that moves the cursor or repeats __proto__ is shown as it is', async () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url')
  const evil = `${part('{"alg":"ES256","kid":"\\u001b[2J\\u202e"}')}.${part('{"__proto__":{"sub":"x"},"sub":"u","email":"e","act":{"client_secret":"canary"}}')}.c2ln`
  const { out } = await run(['inspect'], { input: evil })
  for (const hidden of ['\u001b', '\u202e', 'canary']) expect(out).not.toContain(hidden)
})
