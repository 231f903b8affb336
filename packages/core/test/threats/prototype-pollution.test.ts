import { expect, it } from 'vitest'
import {
  createTesouroTokens,
  createWidgetTokenHandler,
  layeredTokenCache,
  memoryTokenCache,
  type SubjectTokenSource,
  splitWidgetTokenOptions,
  unsecuredSubjectToken,
  type WidgetTokenOutput,
} from '../../src/index.js'
import { json as posted } from '../http/post.js'
import { json, raw, startServer } from '../token-endpoint/scripted-server.js'
import { goodAnswer } from '../token-endpoint/set-up.js'
import { validOptions, widgetSecret } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const evil =
  '{"polluted":"yes","sub":"evil","email":"evil@bank.example","userId":"evil","access_token":"evil"}'
/** Members that reach into prototypes where an object is merged carelessly. */
const poison = `"__proto__":${evil},"constructor":{"prototype":${evil}},"prototype":${evil}`

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Headers.prototype]
const membersOfPrototypes = (): string =>
  JSON.stringify(prototypes.map((each) => Reflect.ownKeys(each).map(String)))

it('members named __proto__ and constructor, wherever JSON comes in, change nothing', async () => {
  const before = membersOfPrototypes()
  const server = await startServer((response) => {
    const members = JSON.stringify(goodAnswer).slice(1)
    raw(response, 200, `{${poison},${members}`, { 'content-type': 'application/json' })
  })
  try {
    const memory = memoryTokenCache()
    const cache = {
      ...memory,
      get: async (...given: Parameters<typeof memory.get>) => {
        const { value, ...rest } = await memory.get(...given)
        return value === undefined ? rest : { ...rest, value: `{${poison},${value.slice(1)}` }
      },
    }
    const options = validOptions({ environment: undefined, baseUrl: server.url.href, cache })
    const tokens = createTesouroTokens(options)
    const handle = createWidgetTokenHandler({ tokens, getUser: () => user })

    for (const body of [`{${poison}}`, JSON.parse(`{${poison}}`)]) {
      const input = { method: 'POST', host: 'bank.example', request: {}, ...posted('{}'), body }
      const answer = await handle(input)
      expect(answer.status).toBe(200)
      const { payload } = await openWidgetToken((answer.body as { widgetToken: string }).widgetToken)
      expect(JSON.stringify(payload)).not.toMatch(/evil|polluted/)
    }
    for (const name of ['claims', 'requestParameters']) {
      const bad = { ...user, [name]: JSON.parse(`{"__proto__":${evil}}`) }
      await expect(tokens.mintWidgetToken(bad)).rejects.toMatchObject({ code: 'invalid_user' })
      const odd = { ...user, [name]: JSON.parse(`{"constructor":{"prototype":${evil}}}`) }
      await tokens.mintWidgetToken(odd)
      await tokens.getUserAccessToken(odd)
    }
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe('granted-token')
    // this one is read back from the cache, poison included, and is not taken for one of ours
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe('granted-token')
  } finally {
    await server.close()
  }
  expect(membersOfPrototypes()).toBe(before)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

it('what another library has put on every object gets into tokens', async () => {
  const tokens = createTesouroTokens(validOptions())
  const members = {
    tenant: 'evil',
    variant: 'evil',
    claims: { role: 'evil' },
    requestParameters: { scope: 'evil' },
  }
  try {
    for (const [name, value] of Object.entries(members)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
    }
    const { widgetToken } = await tokens.mintWidgetToken({ ...user })
    const { payload } = await openWidgetToken(widgetToken)
    const [, claims = ''] = String(payload.subject_token).split('.')
    expect(JSON.stringify({ ...payload })).not.toContain('evil')
    expect(Buffer.from(claims, 'base64url').toString()).not.toContain('evil')
  } finally {
    for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name)
  }
  await tokens.close()
})

it('what another library has put on every object is an option of a call', async () => {
  const server = await startServer((response) => json(response, 200, goodAnswer))
  const tokens = createTesouroTokens(validOptions({ environment: undefined, baseUrl: server.url.href }))
  const members = { revoke: true, platform: true, rejectedToken: 'granted-token', deadlineMs: 0 }
  const pollute = (name: string, value: unknown): void => {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  }
  try {
    for (const [name, value] of Object.entries(members)) pollute(name, value)
    await tokens.ready({})
    await tokens.getUserAccessToken(user)
    await tokens.getAppAccessToken()
    // Node's own fetch would heed this one.
    pollute('signal', AbortSignal.abort(new Error('evil')))
    await tokens.mintWidgetToken(user)
    await tokens.getUserAccessToken(user, {})
    expect(await tokens.forgetUser(user, {})).toEqual({ forgotten: 1, revoked: 0, failed: 0 })
  } finally {
    for (const name of [...Object.keys(members), 'signal']) Reflect.deleteProperty(Object.prototype, name)
    await tokens.close()
    await server.close()
  }
  expect(server.seen).toHaveLength(2)
})

it('what another library has put on every object is an option of an instance or of an endpoint', async () => {
  const server = await startServer((response) => json(response, 200, goodAnswer))
  // Neither `body`, with which Node's own fetch can read no answer, nor `headers`, which it takes from there.
  const names = [
    ...['baseUrl', 'credentials', 'cache', 'tenant', 'requestsPerSecond', 'callMs', 'issuer', 'key', 'local'],
    ...['tokens', 'onError', 'allowedOrigins', 'mintLimit', 'maxTokens', 'method', 'redirect', 'DPoP'],
    'no option at all',
  ]
  let error: unknown
  let minted: WidgetTokenOutput | undefined
  let accessToken: string | undefined
  try {
    for (const name of names) {
      // Members of classes and of literals are enumerable: those of careless libraries are too.
      Object.defineProperty(Object.prototype, name, {
        value: 'evil',
        configurable: true,
        writable: true,
        enumerable: true,
      })
    }
    const client = { clientId: 'client-1', clientSecret: 'secret-of-client-1', widgetSecret }
    const cache = layeredTokenCache({ shared: memoryTokenCache({}) })
    const subjectToken = unsecuredSubjectToken()
    const tokens = createTesouroTokens({
      baseUrl: server.url.href,
      ...client,
      subjectToken,
      cache,
      timeouts: {},
    })
    const handle = createWidgetTokenHandler({ tokens, getUser: () => user })
    minted = await handle({ method: 'POST', host: 'bank.example', request: {}, ...posted('{}') })
    accessToken = (await tokens.getUserAccessToken(user)).accessToken
    await tokens.fetchAsUser(user, '/rest')
    await tokens.close()
  } catch (thrown) {
    error = thrown
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    await server.close()
  }
  expect(error).toBeUndefined()
  expect(minted?.status).toBe(200)
  expect(accessToken).toBe('granted-token')
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET'])
})

it('an origin that another library has put on every object is allowed', async () => {
  const handle = createWidgetTokenHandler({
    tokens: createTesouroTokens(validOptions()),
    getUser: () => user,
    onRefusal: () => {},
  })
  const origin = 'https://evil.example'
  Object.defineProperty(Object.prototype, 'allowedOrigins', {
    value: [origin],
    configurable: true,
    writable: true,
  })
  try {
    const late = createWidgetTokenHandler({
      tokens: createTesouroTokens(validOptions()),
      getUser: () => user,
      onRefusal: () => {},
    })
    const { headers, body } = posted('{}')
    const input = { method: 'POST', host: 'bank.example', request: {}, headers: { ...headers, origin }, body }
    expect((await handle(input)).status).toBe(403)
    expect((await late(input)).status).toBe(403)
  } finally {
    Reflect.deleteProperty(Object.prototype, 'allowedOrigins')
  }
})

it('options that are members of a class are not read', async () => {
  const server = await startServer((response) => json(response, 200, goodAnswer))
  class Options {
    readonly baseUrl = server.url.href
    readonly clientSecret = 'secret-of-client-1'
    get clientId(): string {
      return 'client-1'
    }
    get subjectToken(): SubjectTokenSource {
      return unsecuredSubjectToken()
    }
  }
  const tokens = createTesouroTokens(new Options())
  expect((await tokens.getUserAccessToken(user)).accessToken).toBe('granted-token')
  await tokens.close()
  await server.close()
})

it('a member of Object.prototype is split off as an option that was given', () => {
  Object.defineProperty(Object.prototype, 'onError', { value: 'evil', configurable: true, writable: true })
  try {
    expect(Object.keys(splitWidgetTokenOptions({ getUser: () => user }).endpoint)).toEqual(['getUser'])
  } finally {
    Reflect.deleteProperty(Object.prototype, 'onError')
  }
})
