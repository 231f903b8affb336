import { isTesouroTokensError, type TesouroTokensOptions } from '@tesouro-tokens/core'
import nodeFetch, { Request as NodeFetchRequest } from 'node-fetch'
import * as undici from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, userOf, type World } from '../src/world.js'

type Fetch = NonNullable<TesouroTokensOptions['fetch']>

const user = userOf(1)
const accounts = '/embedded-banking/v1/bank-accounts?limit=10'
const transfers = '/embedded-banking/v1/transfers'
const transfer: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ amount: '10.00', to: 'acc_2' }),
}

// Their types are their own; what they do is what is tried here.
const foreign: Readonly<Record<string, Fetch>> = {
  'node-fetch': nodeFetch as unknown as Fetch,
  "undici's own fetch": undici.fetch as unknown as Fetch,
  'the global fetch through a dispatcher': (input, init) =>
    fetch(input, Object.assign({}, init, { dispatcher: new undici.Agent({ connections: 1 }) })),
}

/** What an application's own function makes of an answer of the platform's. */
const wrapped: Readonly<Record<string, (answer: Response) => unknown>> = {
  'only its JSON': (answer) => answer.json(),
  nothing: () => undefined,
  'an answer without headers': ({ status }) => ({ ok: true, status }),
  'an answer that was read already': async (answer) => {
    await answer.text()
    return answer
  },
  'an answer whose body has no form that can be read': ({ status, headers }) => ({
    status,
    headers,
    body: {},
  }),
  'an error of the program': () => {
    throw new TypeError("Cannot read properties of undefined (reading 'raw')")
  },
  'an error of another kind': () => Promise.reject(new RangeError('too much')),
}

/** What a mocked function may give that is no Response of this runtime's, and can be read all the same. */
const mocked: Readonly<Record<string, (answer: Response) => unknown>> = {
  'a plain object with arrayBuffer()': (answer) => ({
    status: answer.status,
    headers: answer.headers,
    arrayBuffer: () => answer.arrayBuffer(),
  }),
  'an object with an iterable body': async (answer) => {
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const body = (async function* () {
      yield bytes
    })()
    return { status: answer.status, headers: answer.headers, body }
  },
}

const through =
  (change: (answer: Response) => unknown): Fetch =>
  async (input, init) =>
    (await change(await fetch(input, init))) as Response

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe.each(Object.entries({ ...foreign, ...mapped(mocked) }))('%s as the fetch option', (_, given) => {
  it('cannot be used for exchanges and calls, or for the replay of a call', async () => {
    const { tokens } = world.start({ fetch: given, retry: { attempts: 3 } })
    expect(await (await tokens.fetchAsUser(user, accounts)).json()).toHaveProperty('data')
    world.sandbox.faults.expireAccessTokens(400)
    const response = await tokens.fetchAsUser(user, transfers, transfer)
    expect(response.status).toBe(201)
    expect(await response.json()).toBeTypeOf('object')
    expect(world.sandbox.transfers()).toHaveLength(1)
    expect(world.exchanges()).toBe(2)
  })

  it('loses the kind of a refusal or of a network error', async () => {
    const { tokens } = world.start({ fetch: given })
    world.sandbox.faults.status(503, { times: 1 })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'upstream_unavailable' })
    const away = world.start({ fetch: given, baseUrl: 'http://127.0.0.1:9' })
    await expect(away.tokens.getAppAccessToken()).rejects.toMatchObject({ code: 'upstream_unavailable' })
    await expect(
      tokens.fetchAsApp(`${world.sandbox.baseUrl}/embedded-banking/v1/nowhere`),
    ).resolves.toHaveProperty('status', 404)
  })
})

describe.each(Object.entries(wrapped))('a fetch option that gives %s', (_, change) => {
  it('makes the platform exchange, or carry out a transfer, more than once', async () => {
    const broken = world.start({ fetch: through(change), retry: { attempts: 3 } })
    const failed = await broken.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    expect(isTesouroTokensError(failed, 'configuration') && failed.problems).toEqual([
      expect.stringMatching(/^fetch: /),
    ])
    expect(world.exchanges()).toBe(1)

    const onlyRest: Fetch = (input, init) =>
      String(input).includes('/openid/') ? fetch(input, init) : through(change)(input, init)
    const { tokens } = world.start({ fetch: onlyRest })
    await expect(tokens.fetchAsUser(user, transfers, transfer)).rejects.toMatchObject({
      code: 'configuration',
    })
    expect(world.sandbox.transfers()).toHaveLength(1)
  })
})

describe('a Request of another library', () => {
  const url = (): string => world.sandbox.baseUrl + transfers
  const requests: readonly [name: string, fetch: Fetch | undefined, make: () => unknown][] = [
    [
      "undici's own, to undici's own fetch",
      foreign["undici's own fetch"],
      () => new undici.Request(url(), transfer as undici.RequestInit),
    ],
    [
      "undici's own, to the global fetch",
      undefined,
      () => new undici.Request(url(), transfer as undici.RequestInit),
    ],
    [
      "node-fetch's own, to node-fetch",
      foreign['node-fetch'],
      () => new NodeFetchRequest(url(), transfer as never),
    ],
    [
      "node-fetch's own, to the global fetch",
      undefined,
      () => new NodeFetchRequest(url(), transfer as never),
    ],
  ]
  it.each(requests)('%s, is sent as it stands', async (_, given, make) => {
    const { tokens } = world.start({ fetch: given })
    expect((await tokens.fetchAsUser(user, make() as Request)).status).toBe(201)
    expect(world.sandbox.transfers()).toHaveLength(1)
  })

  it.each(["undici's own fetch", 'node-fetch'])(
    'the runtime’s own, to %s, is one clear error and sends nothing',
    async (name) => {
      const { tokens } = world.start({ fetch: foreign[name] })
      const call = tokens.fetchAsUser(user, new Request(url(), transfer))
      await expect(call).rejects.toMatchObject({ code: 'configuration' })
      expect(world.sandbox.count({ kind: 'transfers' })).toBe(0)
    },
  )

  it('to another origin sends nothing there', async () => {
    await using evil = await openWorld()
    const { tokens } = world.start()
    for (const request of [
      new undici.Request(evil.sandbox.baseUrl),
      new NodeFetchRequest(evil.sandbox.baseUrl),
    ]) {
      const call = tokens.fetchAsUser(user, request as unknown as Request)
      await expect(call).rejects.toMatchObject({ code: 'invalid_request' })
    }
    expect(evil.sandbox.stats().total).toBe(0)
    expect(world.sandbox.stats().total).toBe(0)
  })
})

it('a web stream that the given fetch does not know becomes the text of its type', async () => {
  const { tokens } = world.start({ fetch: foreign['node-fetch'] })
  const body = new Blob([`${transfer.body}`]).stream()
  const call = tokens.fetchAsUser(user, transfers, { ...transfer, body })
  await expect(call).rejects.toMatchObject({ code: 'configuration' })
  expect(world.sandbox.count({ kind: 'transfers' })).toBe(0)
})

function mapped(changes: typeof mocked): Record<string, Fetch> {
  return Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, through(change)]))
}
