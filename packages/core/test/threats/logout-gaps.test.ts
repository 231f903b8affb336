import { tracingChannel } from 'node:diagnostics_channel'
import {
  layeredTokenCache,
  signedSubjectToken,
  type TesouroTokens,
  type TokenCache,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { generateKeyPair } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf } from '../../../../conformance/src/world.js'
import { door, outcome } from './held.js'

const user = userOf(1)
const accounts = '/embedded-banking/v1/bank-accounts'

it.each(['plain', 'layered'])(
  'a payment is sent again after a logout that nobody heard of, and whose record the store has lost (%s)',
  async (kind) => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const handle = store.open()
    let cut = (): void => {}
    const here: TokenCache = {
      ...handle,
      onForget: (listener) => {
        cut = () => listener(undefined)
        return () => {}
      },
    }
    const request = door()
    let sends = 0
    const { tokens } = world.start({
      cache: kind === 'plain' ? here : layeredTokenCache({ shared: here }),
      fetch: async (input, init) => {
        if (!String(input instanceof Request ? input.url : input).endsWith(accounts))
          return fetch(input, init)
        sends += 1
        await request.pass()
        return new Response('', { status: 401 })
      },
    })
    await tokens.getUserAccessToken(user)
    const ended = outcome(tokens.fetchAsUser(user, accounts, { method: 'POST', body: '{}' }))
    await expect.poll(() => request.reached).toBeGreaterThan(0)
    cut()
    await world.start({ cache: store.open() }).tokens.forgetUser({ sub: user.sub })
    store.clear()
    request.open()
    expect(await ended).toBe('user_forgotten')
    expect(sends).toBe(1)
  },
)

const unstored: Record<string, (store: TokenCache) => { cache: TokenCache; grant?: object }> = {
  'that the platform gives no end': (cache) => ({ cache, grant: { expires_in: undefined } }),
  'that the store cannot take': (store) => ({
    cache: { ...store, set: () => Promise.reject(new Error('OOM command not allowed')) },
  }),
}
it.each(Object.keys(unstored))(
  'a token %s is served after a logout elsewhere that came while it was asked for',
  async (kind) => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const { cache, grant } = unstored[kind]?.({ ...store.open(), onForget: undefined }) ?? {}
    const answer = door()
    const { tokens } = world.start({
      ...(cache && { cache }),
      fetch: async (...given) => {
        const response = await fetch(...given)
        await answer.pass()
        return Response.json({ ...((await response.json()) as object), ...grant })
      },
    })
    const ended = outcome(tokens.getUserAccessToken(user))
    await expect.poll(() => answer.reached).toBeGreaterThan(0)
    await world.start({ cache: store.open() }).tokens.forgetUser({ sub: user.sub })
    answer.open()
    expect(await ended).toBe('user_forgotten')
  },
)

it('calls go on after a logout that waits for credentials, though the client id was used before', async () => {
  await using world = await openWorld()
  const { clientId, clientSecret, widgetSecret } = world.sandbox.options
  const again = door()
  let asked = 0
  const request = door()
  const { tokens } = world.start({
    clientId: undefined,
    clientSecret: undefined,
    widgetSecret: undefined,
    credentials: async () => {
      asked += 1
      if (asked > 1) await again.pass()
      return { clientId, clientSecret, widgetSecret }
    },
    fetch: async (...given) => {
      await request.pass()
      return fetch(...given)
    },
  })
  const ended = outcome(tokens.getUserAccessToken(user))
  await expect.poll(() => request.reached).toBeGreaterThan(0)
  world.clock.pass(900_000)
  const logout = tokens.forgetUser({ sub: user.sub })
  request.open()
  expect(await ended).toBe('user_forgotten')
  again.open()
  expect(await logout).toEqual({ forgotten: 0, revoked: 0, failed: 0 })
})

const deeds: Record<string, (tokens: TesouroTokens) => Promise<unknown>> = {
  mint: (tokens) => tokens.mintWidgetToken(user),
  obtain: (tokens) => tokens.getUserAccessToken(user),
}
it.each(Object.keys(deeds))(
  'who listens to the trace of %s logs the user out, and the work is done all the same',
  async (name) => {
    await using world = await openWorld()
    const { tokens, settled } = world.start({
      subjectToken: unsecuredSubjectToken(),
      onEvent: undefined,
    })
    await tokens.ready()
    const channel = tracingChannel(`tesouro-tokens:${name}`)
    let isDone = false
    const start = (): void => {
      if (isDone) return
      isDone = true
      tokens.forgetUser({ sub: user.sub }).catch(() => {})
    }
    const listener = { start, end() {}, asyncStart() {}, asyncEnd() {}, error() {} }
    channel.subscribe(listener)
    onTestFinished(() => void channel.unsubscribe(listener))
    expect(await outcome(deeds[name]?.(tokens) ?? Promise.resolve())).toBe('user_forgotten')
    expect(isDone).toBe(true)
    await settled()
    expect(world.exchanges()).toBe(0)
  },
)

it('a key service is asked to sign once more after a logout, for a token that nobody will get', async () => {
  await using world = await openWorld()
  const signing = door()
  const aborted: boolean[] = []
  const { tokens } = world.start({
    subjectToken: signedSubjectToken({
      algorithm: 'ES256',
      issuer: 'https://bank.example',
      publicKey: (await generateKeyPair('ES256', { extractable: true })).publicKey,
      sign: async (_, { signal }) => {
        await signing.pass()
        aborted.push(signal.aborted)
        throw new Error('busy')
      },
    }),
  })
  const ended = outcome(tokens.mintWidgetToken(user))
  await expect.poll(() => signing.reached).toBe(1)
  await tokens.forgetUser({ sub: user.sub })
  signing.open()
  expect(await ended).toBe('user_forgotten')
  await tokens.getAppAccessToken()
  await expect.poll(() => aborted).toEqual([true])
})

it('a token that two layers keep is counted and revoked twice', async () => {
  await using world = await openWorld()
  const shared = new SharedStore(world.clock).open()
  const [one, two] = [
    world.start({ cache: layeredTokenCache({ shared }) }),
    world.start({ cache: layeredTokenCache({ shared }) }),
  ]
  await one.tokens.getUserAccessToken(user)
  await two.tokens.getUserAccessToken(user)
  expect(await one.tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 1 })
})

it('a logout goes on after close(), and asks the store for ever or fails unheard', async () => {
  await using world = await openWorld()
  const { clientId, clientSecret, widgetSecret } = world.sandbox.options
  const first = door()
  const store = new SharedStore(world.clock)
  const handle = store.open()
  let asked = 0
  const cache: TokenCache = {
    ...handle,
    forget: async () => {
      asked += 1
      throw new Error('away')
    },
  }
  const { tokens } = world.start({
    clientId: undefined,
    clientSecret: undefined,
    widgetSecret: undefined,
    credentials: async () => {
      await first.pass()
      return { clientId, clientSecret, widgetSecret }
    },
    cache,
  })
  const ended = [
    tokens.forgetUser({ sub: user.sub }),
    tokens.renewUser({ sub: user.sub }),
    tokens.ready(),
  ].map(outcome)
  await expect.poll(() => first.reached).toBeGreaterThan(0)
  await tokens.close()
  first.open()
  expect(await Promise.all(ended)).toEqual(['closed', 'closed', 'closed'])
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toBe(0)
})

it('what is remembered of one user grows with every variant that is refused', async () => {
  await using world = await openWorld()
  let requests = 0
  const { tokens } = world.start({
    fetch: async () => {
      requests += 1
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    },
  })
  const refuse = (n: number): Promise<unknown> =>
    outcome(tokens.getUserAccessToken({ ...user, variant: `variant-${n}` }))
  for (let n = 0; n < 60; n += 1) expect(await refuse(n)).toBe('token_endpoint')
  await refuse(59)
  expect(requests).toBe(60)
  // Forgotten meanwhile.
  await refuse(0)
  expect(requests).toBe(61)
})
