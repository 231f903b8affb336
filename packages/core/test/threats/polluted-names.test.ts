import { readdirSync, readFileSync } from 'node:fs'
import {
  createTesouroTokens,
  createWidgetTokenHandler,
  encryptedTokenCache,
  type Lease,
  type LeaseAnswer,
  layeredTokenCache,
  subjectTokenFrom,
  type TesouroTokensOptions,
  type TokenCache,
  type TokenKey,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { goodAnswer } from '../token-endpoint/set-up.js'
import { widgetSecret } from '../valid-options.js'

const source = new URL('../../src/', import.meta.url)
const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(new URL(path.replaceAll('\\', '/'), source), 'utf8'))
const named = (pattern: RegExp): string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))
/** What may be missing from an object of ours or of a caller's, by the types in the source. */
const optional = new Set([...named(/\b([a-z]\w+)\?:/g), ...named(/'([\w-]+)' in /g)])

/** `await`, and Node's own `fetch`, `Request`, `Response` and `crypto.subtle`, take these from there. */
const ofTheRuntime = ['then', 'body', 'hash', 'headers', 'length', 'signal', 'status']
const values = {
  'a text': 'evil',
  'a number': 5,
  'a function': () => 'evil',
  'an object': { aborted: true },
  true: true,
}

const names = [
  ...optional,
  'fixed',
  'userId',
  'userEmail',
  'nbf',
  'lease',
  'onForget',
  'hears',
  'close',
].filter((name) => !ofTheRuntime.includes(name) && !(name in Object.prototype))

async function polluted<Result>(
  some: readonly string[],
  value: unknown,
  work: () => Promise<Result>,
): Promise<Result> {
  for (const name of some)
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  try {
    return await work()
  } finally {
    for (const name of some) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** A lease that another process holds first, and whose outcome is told then. */
function leases(): Pick<TokenCache, 'lease'> {
  const held: Lease = { renew: async () => true, release: async () => {} }
  const notCacheable: LeaseAnswer = { outcome: { notCacheable: true } }
  const answers: LeaseAnswer[] = [{ busy: true }, notCacheable, { busy: true }, { outcome: { stored: true } }]
  return { lease: async () => answers.shift() ?? { held } }
}

/** A store as somebody writes one: it has no member that a store need not have. */
function plainStore(): TokenCache {
  const held = new Map<string, string>()
  const idOf = ({ subject, variant }: TokenKey): string => `${subject} ${variant}`
  const generations = new Map<string, string>()
  const generationOf = (subject: string): string => generations.get(subject) ?? 'first'
  return {
    get: async (key) => {
      const value = held.get(idOf(key))
      const generation = generationOf(key.subject)
      return value === undefined ? { generation } : { value, remainingMs: 3_000_000, generation }
    },
    set: async (key, value, how) => {
      if (how.generation !== generationOf(key.subject)) return false
      held.set(idOf(key), value)
      return true
    },
    delete: async (key) => void held.delete(idOf(key)),
    forget: async (subject) => {
      const dropped = [...held].filter(([id]) => id.startsWith(subject))
      for (const [id] of dropped) held.delete(id)
      generations.set(subject, crypto.randomUUID())
      return dropped.map(([, value]) => value)
    },
  }
}

const client = { clientId: 'client-1', clientSecret: 'canary-secret', widgetSecret }
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const foreign = subjectTokenFrom(({ sub, email }) => {
  const exp = Math.floor(Date.now() / 1_000) + 7_200
  return `${base64url({ alg: 'ES256' })}.${base64url({ sub, email, exp })}.c2ln`
})
const kinds: { [kind: string]: () => Partial<TesouroTokensOptions> } = {
  memory: () => ({ ...client, subjectToken: unsecuredSubjectToken() }),
  'a plain store': () => ({ cache: plainStore(), credentials: () => client, subjectToken: foreign }),
  'a store with leases': () => ({
    cache: { ...plainStore(), ...leases() },
    ...client,
    subjectToken: unsecuredSubjectToken(),
  }),
  'a store that is away': () => ({
    cache: { ...plainStore(), get: () => Promise.reject(new Error('away')) },
    ...client,
    subjectToken: unsecuredSubjectToken(),
  }),
  'a layered store': () => ({
    cache: layeredTokenCache({ shared: encryptedTokenCache(plainStore(), { keys: [widgetSecret] }) }),
    ...client,
    subjectToken: unsecuredSubjectToken(),
  }),
}

/** Which of the names change something: all of them at once, then halves of those that do. */
async function culprits(
  some: readonly string[],
  changes: (some: readonly string[]) => Promise<boolean>,
): Promise<string[]> {
  if (some.length === 0 || !(await changes(some))) return []
  if (some.length === 1) return [...some]
  const middle = some.length >> 1
  const each = [await culprits(some.slice(0, middle), changes), await culprits(some.slice(middle), changes)]
  return each.flat()
}

/** What a backend sees of a day, in words. */
async function day(options: Partial<TesouroTokensOptions>): Promise<string[]> {
  const told: string[] = []
  let tokens = 0
  const fetch: TesouroTokensOptions['fetch'] = async (input) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    told.push(`> ${pathname}`)
    if (pathname === '/rest' || pathname === '/revoke') return new Response('{}')
    tokens += 1
    return new Response(JSON.stringify({ ...goodAnswer, access_token: `token-${tokens}` }), {
      headers: { 'content-type': 'application/json' },
    })
  }
  const see = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const seen = await work().catch((error) => `${error.code ?? error}: ${error.message}`)
    told.push(`${what}: ${JSON.stringify(seen)}`)
  }
  const baseUrl = 'http://127.0.0.1:9'
  const instance = createTesouroTokens({
    baseUrl,
    fetch,
    revocationPath: '/revoke',
    retry: false,
    onEvent: (event) => {
      const { type } = event
      if (type === 'cache_failure') told.push(`! ${type} ${event.operation} ${event.reason}`)
      if (type === 'lease_wait') told.push(`! ${type} ${event.outcome}`)
    },
    ...options,
  })
  const user = { sub: 'u-1', email: 'u-1@bank.example' }
  const token = async (): Promise<string> => (await instance.getUserAccessToken(user)).accessToken
  await see('ready', () => instance.ready())
  await see('token', token)
  await see('again', token)
  await see('rest', async () => (await instance.fetchAsUser(user, '/rest')).status)
  await see('mint', async () => typeof (await instance.mintWidgetToken(user)).widgetToken)
  await see('renewed', () => instance.renewUser({ sub: 'u-1' }))
  await see('another', token)
  await see('logout', () => instance.forgetUser({ sub: 'u-1' }, { revoke: true }))
  await see('after', token)
  await see('app', async () => (await instance.getAppAccessToken()).accessToken)
  const handle = createWidgetTokenHandler({
    tokens: instance,
    getUser: () => user,
    onError: () => {},
    onRefusal: () => {},
  })
  const request = { method: 'POST', host: 'bank.example', headers: {}, body: undefined, request: {} }
  await see('endpoint', async () => (await handle(request)).status)
  await see('health', () => instance.health())
  await see('close', () => instance.close())
  return told
}

it.each(
  Object.keys(kinds).flatMap((kind) =>
    Object.entries(values).map(([what, value]) => ({ kind, what, value })),
  ),
)('a name on every object changes what a backend sees ($kind, $what)', async ({ kind, value }) => {
  const dayWith = (some: readonly string[]): Promise<string[]> =>
    polluted(some, value, () => day(kinds[kind]?.() ?? {})).catch((error) => [`threw ${error}`])
  const expected = await dayWith([])
  expect(expected.join()).not.toMatch(/Error|configuration|unavailable/)
  const changes = async (some: readonly string[]): Promise<boolean> =>
    JSON.stringify(await dayWith(some)) !== JSON.stringify(expected)
  expect(await culprits(names, changes)).toEqual([])
})

it('a store is refused for a name on every object that it does not have itself', async () => {
  const others = ['lease', 'onForget', 'hears', 'close']
  const options = { baseUrl: 'http://127.0.0.1:9', ...client, cache: plainStore() }
  const made = await polluted(others, 5, async () => createTesouroTokens(options))
  await made.close()
})

it('a store that hangs is waited for without a bound for a name on every object', async () => {
  const hangs = { ...plainStore(), get: () => new Promise<never>(() => {}) }
  const made = createTesouroTokens({
    baseUrl: 'http://127.0.0.1:9',
    ...client,
    subjectToken: unsecuredSubjectToken(),
    cache: hangs,
    fetch: async () => Response.json(goodAnswer),
  })
  const user = { sub: 'u-1', email: 'u-1@bank.example' }
  await polluted(['local'], true, async () => {
    expect((await made.getUserAccessToken(user)).accessToken).toBe(goodAnswer.access_token)
    expect((await made.health()).cache).toBe('bypassed')
  })
  await made.close()
})
