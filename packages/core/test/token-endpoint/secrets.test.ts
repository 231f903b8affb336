import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { json, type Reply, raw } from './scripted-server.js'
import { errorOf, everythingAbout, fixed, grants, secrets, setUp } from './set-up.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const encodings: [name: string, encode: (secret: string) => string][] = [
  ['as it is', (secret) => secret],
  ['in hex', (secret) => Buffer.from(secret).toString('hex')],
  [
    'in hex with colons',
    (secret) =>
      Buffer.from(secret)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1:'),
  ],
  ['in base64', base64],
  ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['in base64, one byte further', (secret) => base64(`:${secret}`)],
  ['in base64, two bytes further', (secret) => base64(`a:${secret}`)],
  ['percent-encoded', (secret) => encodeURIComponent(secret)],
  [
    'percent-encoded in every character',
    (secret) => Buffer.from(secret).toString('hex').replace(/../g, '%$&'),
  ],
  [
    'percent-encoded here and there',
    (secret) =>
      secret.replace(/(.)(.)/g, (_, a: string, b: string) => `${a}%${Buffer.from(b).toString('hex')}`),
  ],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['without its end', (secret) => secret.slice(0, 16)],
  ['without its beginning', (secret) => secret.slice(-16)],
]

const forms = (secret: string): string[] => encodings.map(([, encode]) => encode(secret))

/** Nothing that anybody could see holds any form of any secret. */
function expectNoSecret(seen: string): void {
  const text = seen.toLowerCase()
  for (const [name, secret] of Object.entries(secrets)) {
    for (const form of forms(secret)) {
      expect(text.includes(form.toLowerCase()), `${name} is repeated as ${form}`).toBe(false)
    }
  }
}

const inPlay = [
  ['client secret', secrets.clientSecret],
  ['widget secret', secrets.widgetSecret],
  ['subject token', `${secrets.subjectToken}-0`],
] as const

test.each(
  inPlay.flatMap(([name, secret]) => encodings.map(([how, encode]) => [name, how, encode(secret)] as const)),
)('a refusal that repeats the %s %s shows nothing of it', async (_, __, echo) => {
  for (const members of [
    { error: 'invalid_grant', error_description: `you sent ${echo}` },
    { error: echo, error_description: echo },
    { error: 'invalid_grant', error_description: echo.slice(0, 190) },
  ]) {
    const { exchange, events } = await setUp((response) => json(response, 400, members))
    const error = await errorOf(exchange())
    expect(error).toMatchObject({ code: 'token_endpoint', status: 400, errorDescription: undefined })
    expectNoSecret(everythingAbout(error))
    expectNoSecret(inspect(events, { depth: 9 }))
  }
})

test.each([
  ['a token that nobody knows here', 'token eyJhbGciOiJIUzI1NiJ9.e30.c2ln is bad'],
  ['a line break', 'first\nsecond'],
  ['a quotation mark', 'the "user"'],
  ['a backslash', 'a\\b'],
  ['a letter outside ASCII', 'usuário'],
  ['more than 200 characters', 'long '.repeat(41)],
  ['a number', 42],
  ['an object', { deep: 'text' }],
  ['nothing', ''],
])('a description with %s is left out', async (_, description) => {
  const { exchange } = await setUp((response) =>
    json(response, 400, { error: 'invalid_grant', error_description: description }),
  )
  expect(await errorOf(exchange())).toMatchObject({ error: 'invalid_grant', errorDescription: undefined })
})

test.each(['x'.repeat(65), 'a\nb', 'two "words"', 'eyJhbGciOiJIUzI1NiJ9'])(
  'an error code like %j is left out, and the refusal stays one',
  async (error) => {
    const { exchange } = await setUp((response) => json(response, 400, { error }))
    expect(await errorOf(exchange())).toMatchObject({ code: 'token_endpoint', status: 400, error: undefined })
  },
)

test('a plain description is shown', async () => {
  const { exchange } = await setUp((response) =>
    json(response, 400, { error: 'invalid_grant', error_description: 'the user is disabled' }),
  )
  expect((await errorOf(exchange())).message).toBe(
    'the token endpoint refused the request with 400 invalid_grant: the user is disabled',
  )
})

test('a short client secret does not hide the codes that standards define', async () => {
  const { exchange } = await setUp((response) => json(response, 401, { error: 'invalid_client' }), {
    credentials: {
      ...fixed,
      current: async () => ({ clientId: 'c', clientSecret: 'i', widgetKey: undefined }),
    },
  })
  expect(await errorOf(exchange())).toMatchObject({ error: 'invalid_client' })
})

test('a token among the request parameters is as secret as the subject token', async () => {
  const actorToken = 'actor-token-canary-4711'
  const { exchange } = await setUp((response, { form }) =>
    json(response, 400, { error: 'invalid_request', error_description: `bad ${form.get('actor_token')}` }),
  )
  const error = await errorOf(exchange({ requestParameters: { actor_token: actorToken } }))
  expect(everythingAbout(error)).not.toContain(actorToken)
})

const everySecret = Object.values(secrets).join(' ')

test.each<[name: string, reply: Reply]>([
  [
    'a body that is no JSON',
    (response) => raw(response, 200, everySecret, { 'content-type': 'application/json' }),
  ],
  ['an HTML page', (response) => raw(response, 502, everySecret, { 'content-type': 'text/html' })],
  [
    'members of a wrong type',
    (response) => json(response, 200, { access_token: [everySecret], token_type: everySecret }),
  ],
  [
    'a redirect',
    (response) =>
      raw(response, 307, everySecret, {
        location: `https://evil.example/?${encodeURIComponent(everySecret)}`,
      }),
  ],
  ['Retry-After', (response) => raw(response, 429, '', { 'retry-after': everySecret })],
  [
    'a challenge',
    (response) => json(response, 401, {}, { 'www-authenticate': `Bearer realm="${everySecret}"` }),
  ],
  ['an unknown status', (response) => raw(response, 418, everySecret)],
])('secrets repeated in %s appear in no error', async (_, reply) => {
  const { exchange } = await setUp(reply, { attempts: 1 })
  expectNoSecret(everythingAbout(await errorOf(exchange())))
})

test('a fetch whose errors carry the request gives away nothing but a code', async () => {
  const fetches: ((init: RequestInit | undefined) => Promise<Response>)[] = [
    async (init) => {
      throw Object.assign(new Error(`failed: ${init?.body}`), {
        config: init,
        cause: { code: 'ETIMEDOUT', body: init?.body },
      })
    },
    async (init) => {
      throw `${init?.body}`
    },
  ]
  for (const failing of fetches) {
    const { exchange } = await setUp(grants, { attempts: 1, fetch: (_, init) => failing(init) })
    const error = await errorOf(exchange())
    expect(error).toMatchObject({ code: 'upstream_unavailable' })
    expectNoSecret(everythingAbout(error))
  }
})

test('an error code that is itself the secret is not shown', async () => {
  const clientSecret = 'ECANARY_SECRET_IN_CAPITALS'
  const { exchange } = await setUp(grants, {
    attempts: 1,
    credentials: { ...fixed, current: async () => ({ clientId: 'c', clientSecret, widgetKey: undefined }) },
    fetch: async () => {
      throw Object.assign(new Error('x'), { code: clientSecret })
    },
  })
  expect(everythingAbout(await errorOf(exchange()))).not.toContain(clientSecret)
})

test('an error code that is a sentence is not shown', async () => {
  const { exchange } = await setUp(grants, {
    attempts: 1,
    fetch: async () => {
      throw Object.assign(new Error('x'), { code: 'Failed for jane.doe@example.com' })
    },
  })
  expect((await errorOf(exchange())).message).toMatch(/^the platform could not be reached at \S+$/)
})
