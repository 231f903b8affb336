import { CompactEncrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { run } from './run.js'

const widgetSecret = '5a'.repeat(32)
const env = { TESOURO_WIDGET_SECRET: widgetSecret }
const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const header = part({ alg: 'ES256' })
const claims = { sub: 'u', email: 'u@example.com', exp: 4_000_000_000 }

const inspect = async (input: string): Promise<{ code: number; kind: string; problems: string[] }> => {
  const { code, out } = await run(['inspect', '--json'], { input, env })
  return { code, ...JSON.parse(out) }
}

/** A JWE whose parts have the lengths of a widget token's. */
const jwe = (
  protectedHeader: object,
  ...parts: readonly [key: string, iv: string, text: string, tag: string]
) => [part(protectedHeader), ...parts].join('.')
const widget = { alg: 'A256KW', enc: 'A256GCM' }
const [key, iv, tag] = ['k'.repeat(54), 'i'.repeat(16), 't'.repeat(22)] as const

describe('a broken token is not told where it is broken:', () => {
  test.each([
    ['nothing between quotes', '""', /^it is empty$/],
    [
      'a part of an impossible length',
      `${part('{"a":123}')}a.${part(claims)}.c2ln`,
      /a length that none has/,
    ],
    ['a header that is a list', `${part([1])}.${part(claims)}.c2ln`, /part 1: .* no JSON object/],
    [
      'a signature in plain base64',
      `${header}.${part(claims)}.ab+/`,
      /part 3: .*not base64url at character 3/,
    ],
    [
      'an access token without a user',
      `${header}.${part({ ...claims, email: '', scope: 'x' })}.c2ln`,
      /it has no email/,
    ],
    [
      'the key of another algorithm',
      jwe({ alg: 'RSA-OAEP', enc: 'A256GCM' }, key, iv, 'x', tag),
      /A256KW and enc A256GCM only/,
    ],
    [
      'an encrypted header that is text',
      `${part('hello')}.${key}.${iv}.x.${tag}`,
      /part 1: .* no JSON object/,
    ],
    ['no encrypted key', jwe(widget, '', iv, 'x', tag), /part 2: the encrypted key is empty/],
    [
      'an IV that is too long',
      jwe(widget, key, `${iv}ab`, 'x', tag),
      /part 3: .* 18 characters instead of 16: something was added/,
    ],
    [
      'a ciphertext in plain base64',
      jwe(widget, key, iv, 'x+', tag),
      /part 4: the ciphertext is not base64url at character 2/,
    ],
  ])('%s', async (_, token, problem) => {
    const { code, problems } = await inspect(token)
    expect(problems.join('\n')).toMatch(problem)
    expect(code).toBe(1)
  })
})

const sealed = (content: object): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader(widget)
    .encrypt(Buffer.from(widgetSecret, 'hex'))
const now = Math.floor(Date.now() / 1_000)
const content = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  client_id: 'c',
  client_secret: 's',
  subject_token: `${header}.${part(claims)}.c2ln`,
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  iat: now,
  exp: now + 480,
}

test.each([
  [
    'a life of an hour',
    { exp: now + 3_600 },
    /^it lives for 3600 s: a widget token lives for 600 s at most$/,
  ],
  ['a subject token that is no JWT', { subject_token: 'opaque' }, /^its subject_token is no JWT$/],
  ['a subject token that is a number', { subject_token: 1 }, /^its subject_token is no JWT$/],
  ['a subject token that was cut', { subject_token: `${header}.eyJ.c2ln` }, /^subject_token: the payload/],
  [
    'a subject token without a header',
    { subject_token: `.${part(claims)}.c2ln` },
    /^subject_token: the header is empty$/,
  ],
])('a widget token with %s is taken for a right one', async (_, changes, problem) => {
  const { code, problems } = await inspect(await sealed({ ...content, ...changes }))
  expect(problems).toEqual([expect.stringMatching(problem)])
  expect(code).toBe(1)
})

test('an opaque token is taken for a broken one', async () => {
  const { code, kind } = await inspect('0123456789abcdef0123456789abcdef')
  expect(kind).toBe('opaque token')
  expect(code).toBe(0)
  const { out } = await run(['inspect'], { input: 'Bearer 0123456789abcdef' })
  expect(out).toMatch(/An opaque token: 16 characters.*\n.*Nothing is wrong with its form\.\n/s)
})

test('the claims of an access token are asked for what only a subject token needs', async () => {
  const { problems } = await inspect(
    `${header}.${part({ sub: 'u', scope: 'read', exp: 4_000_000_000 })}.c2ln`,
  )
  expect(problems).toEqual([])
})
