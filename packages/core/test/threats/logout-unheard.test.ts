import type { LimitStore, TesouroTokens, TesouroTokensOptions, TokenCache } from '@tesouro-tokens/core'
import { layeredTokenCache, subjectTokenFrom } from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'
import { type Door, door, outcome } from './held.js'

const user = userOf(1)
const accounts = '/embedded-banking/v1/bank-accounts'

/** A process that reaches the store and is told of no logout. */
const deaf = (store: TokenCache): TokenCache => ({ ...store, onForget: undefined })

const caches: Record<string, (store: TokenCache) => TokenCache> = {
  plain: deaf,
  layered: (store) => layeredTokenCache({ shared: deaf(store) }),
}

/** One that believes that it would be told. */
const deceived: Record<string, (store: TokenCache) => TokenCache> = {
  'plain, deceived': (store) => ({ ...store, onForget: () => () => {} }),
}

describe.each(Object.entries({ ...caches, ...deceived }))(
  'a process that hears of no logout (%s)',
  (kind, cacheOf) => {
    /** Logs the user out elsewhere while a call is held, and lets it go on 1.1 s later. Gives what was sent after that. */
    async function logOutDuring(
      call: (tokens: TesouroTokens) => Promise<unknown>,
      optionsFor: (held: Door, world: World) => Partial<TesouroTokensOptions>,
      before: (tokens: TesouroTokens) => Promise<unknown> = async () => {},
    ): Promise<{ ended: unknown; sent: string[] }> {
      await using world = await openWorld()
      const store = new SharedStore(world.clock)
      const held = door()
      const sent: string[] = []
      const options = optionsFor(held, world)
      const here = world.start({
        cache: cacheOf(store.open()),
        ...options,
        fetch: async (input, init) => {
          sent.push(new URL(input instanceof Request ? input.url : input).pathname)
          return (options.fetch ?? fetch)(input, init)
        },
      })
      const elsewhere = world.start({ cache: store.open() })
      await before(here.tokens)
      const ended = outcome(call(here.tokens))
      await expect.poll(() => held.reached).toBe(1)
      await elsewhere.tokens.forgetUser({ sub: user.sub })
      world.clock.pass(1_100)
      sent.length = 0
      held.open()
      const how = await ended
      // What would still be under way has ended when somebody else's call, which takes the same way, is served.
      await here.settled()
      await here.tokens.getUserAccessToken(userOf(2))
      return { ended: how, sent: sent.slice(0, -1) }
    }

    it.each([
      ['fetched for it', async () => {}],
      ['there before it', (tokens: TesouroTokens) => tokens.getUserAccessToken(user)],
    ])(
      'sends a payment again, with a new token, after the token of before was refused (%s)',
      async (_, before) => {
        let answers = 0
        const { ended, sent } = await logOutDuring(
          (tokens) => tokens.fetchAsUser(user, accounts, { method: 'POST', body: '{}' }),
          (held) => ({
            fetch: async (input, init) => {
              if (!String(input instanceof Request ? input.url : input).endsWith(accounts))
                return fetch(input, init)
              await held.pass()
              answers += 1
              return new Response('', { status: 401 })
            },
          }),
          before,
        )
        expect(ended).toBe('user_forgotten')
        expect(sent).toEqual([])
        expect(answers).toBe(1)
      },
    )

    // What believes that it would be told does not look.
    if (kind in deceived) return

    it.each([
      ['mints', (tokens: TesouroTokens) => tokens.mintWidgetToken(user)],
      ['exchanges', (tokens: TesouroTokens) => tokens.getUserAccessToken(user)],
    ])('%s for whom it has waited for a subject token', async (_, call) => {
      const { ended, sent } = await logOutDuring(call, (held, { sandbox }) => {
        const source = sandbox.options.subjectToken
        const create: typeof source.create = async (...asked) => {
          await held.pass()
          return source.create(...asked)
        }
        return { subjectToken: { ...source, create } }
      })
      expect(ended).toBe('user_forgotten')
      expect(sent).toEqual([])
    })

    it('exchanges for whom it has waited in the line of the limit', async () => {
      const { ended, sent } = await logOutDuring(
        (tokens) => tokens.getUserAccessToken(user),
        (held) => {
          const limitStore: LimitStore = {
            reserve: async () => {
              await held.pass()
              return { waitMs: 0 }
            },
            pause: async () => {},
            count: async () => ({ waitMs: 0 }),
          }
          return { limitStore, requestsPerSecond: 25, timeouts: { cacheMs: 15_000 } }
        },
      )
      expect(ended).toBe('user_forgotten')
      expect(sent).toEqual([])
    })
  },
)

it('a call that waits twice, and never long at once, exchanges after a logout of which it hears nothing', async () => {
  await using world = await openWorld()
  const store = new SharedStore(world.clock)
  const [platform, provider] = [door(), door()]
  const source = world.sandbox.options.subjectToken
  let asked = 0
  const here = world.start({
    cache: deaf(store.open()),
    retry: { attempts: 2 },
    subjectToken: {
      ...source,
      create: async (...given) => {
        asked += 1
        if (asked === 2) await provider.pass()
        return source.create(...given)
      },
    },
    fetch: async (input, init) => {
      if (platform.reached > 0) return fetch(input, init)
      await platform.pass()
      return new Response(null, { status: 503 })
    },
  })
  const elsewhere = world.start({ cache: store.open() })
  const ended = outcome(here.tokens.getUserAccessToken(user))
  await expect.poll(() => platform.reached).toBe(1)
  await elsewhere.tokens.forgetUser({ sub: user.sub })
  world.clock.pass(700)
  platform.open()
  await expect.poll(() => provider.reached).toBe(1)
  world.clock.pass(700)
  provider.open()
  expect(await ended).toBe('user_forgotten')
  await here.settled()
  expect(world.exchanges()).toBe(0)
})

it('a process that stood still mints before it has read what arrived meanwhile', async () => {
  await using world = await openWorld()
  const store = new SharedStore(world.clock)
  const held = door()
  const source = world.sandbox.options.subjectToken
  const here = world.start({
    cache: store.open(),
    subjectToken: subjectTokenFrom(async (asked, context) => {
      await held.pass()
      const issuedAt = Math.floor(world.clock.now() / 1_000)
      return source.create(asked, { ...context, clock: world.clock, issuedAt, expiresAt: issuedAt + 480 })
    }),
  })
  const elsewhere = world.start({ cache: store.open() })
  const ended = outcome(here.tokens.mintWidgetToken(user))
  await expect.poll(() => held.reached).toBe(1)
  // The provider's answer is there first; the announcement is read in the same turn of the event loop.
  world.clock.pass(3_000)
  const logout = new Promise((resolve) => {
    setImmediate(() => resolve(elsewhere.tokens.forgetUser({ sub: user.sub })))
  })
  held.open()
  expect(await ended).toBe('user_forgotten')
  await logout
})
