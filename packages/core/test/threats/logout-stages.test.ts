import {
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  type TesouroTokensOptions,
  type TokenCache,
} from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)
const keys = ['0123456789abcdef'.repeat(4)]
const accounts = '/embedded-banking/v1/bank-accounts'

/** What a call can be about to do when the logout comes. */
const stages = [
  'reading the store',
  'asking for the lease',
  'waiting for its subject token',
  'exchanging',
  'storing',
  'sending',
  'reading why it was refused',
  'replaying',
] as const
type Stage = (typeof stages)[number]

/** Where the caches of one process stand: around the same store object. */
const kinds: Record<string, (store: TokenCache) => TokenCache> = {
  plain: (store) => store,
  layered: (store) => layeredTokenCache({ shared: store }),
  sealed: (store) => encryptedTokenCache(store, { keys }),
  'layered over sealed': (store) => layeredTokenCache({ shared: encryptedTokenCache(store, { keys }) }),
}

/** Holds whoever comes to one stage, until it is opened. */
class Door {
  readonly #stage: Stage
  #open = (): void => {}
  readonly #opened = new Promise<void>((resolve) => {
    this.#open = resolve
  })
  reached = 0

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async pass(stage: Stage): Promise<void> {
    if (stage !== this.#stage) return
    this.reached += 1
    await this.#opened
  }

  open(): void {
    this.#open()
  }
}

/** A store whose operations stop at the door. */
function behind(door: Door, store: TokenCache): TokenCache {
  return {
    ...store,
    get: async (key) => {
      await door.pass('reading the store')
      return store.get(key)
    },
    set: async (...parts) => {
      await door.pass('storing')
      return store.set(...parts)
    },
    lease: async (...parts) => {
      await door.pass('asking for the lease')
      return (await store.lease?.(...parts)) ?? { busy: true }
    },
  }
}

/** As for a token that was revoked. The body comes when the door is open. */
function refusal(door: Door): Response {
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await door.pass('reading why it was refused')
      controller.enqueue(new TextEncoder().encode('{"error":{"message":"The token has been expired."}}'))
      controller.close()
    },
  })
  return new Response(body, { status: 400, headers: { 'content-type': 'application/json' } })
}

/** What reaches the platform, and what of it after the logout. */
function watched(world: World, door: Door) {
  const sent: string[] = []
  const source = world.sandbox.options.subjectToken
  let answers = 0
  const options: Partial<TesouroTokensOptions> = {
    subjectToken: {
      ...source,
      create: async (...parts) => {
        await door.pass('waiting for its subject token')
        return source.create(...parts)
      },
    },
    fetch: async (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      sent.push(pathname)
      if (pathname !== accounts) {
        const response = await fetch(input, init)
        await door.pass('exchanging')
        return response
      }
      await door.pass('sending')
      answers += 1
      const response = answers === 1 ? refusal(door) : await fetch(input, init)
      await door.pass('replaying')
      return response
    },
  }
  return { sent, options }
}

async function logOutAt(
  stage: Stage,
  where: 'here' | 'in another instance' | 'in another process',
  kind: (store: TokenCache) => TokenCache,
  call: (process: Process) => Promise<unknown>,
): Promise<void> {
  await using world = await openWorld()
  const store = new SharedStore(world.clock)
  const door = new Door(stage)
  const object = behind(door, store.open())
  const { sent, options } = watched(world, door)
  const here = world.start({ cache: kind(object), ...options })
  const other =
    where === 'here'
      ? here
      : world.start({ cache: kind(where === 'in another instance' ? object : store.open()) })

  const ended = call(here).then(
    () => 'served',
    (error: { code?: string }) => error.code,
  )
  await expect.poll(() => door.reached).toBe(1)
  const before = sent.length
  await other.tokens.forgetUser({ sub: user.sub })
  expect(await ended).toBe('user_forgotten')
  door.open()
  await here.settled()
  // What would still be under way has ended when somebody else's call, which takes the same way, is served.
  await here.tokens.getUserAccessToken(userOf(2))
  expect(sent.slice(before)).toEqual(['/openid/connect/token'])
  expect(world.exchanges(user.sub)).toBeLessThanOrEqual(1)
  const kept = await Promise.all(
    [here, other].map(async ({ tokens }) => tokens.forgetUser({ sub: user.sub })),
  )
  expect(kept.map(({ forgotten }) => forgotten)).toEqual([0, 0])
}

describe.each(Object.entries(kinds))('a call begun before a logout outlives it (%s)', (_, kind) => {
  describe.each(['here', 'in another instance', 'in another process'] as const)('%s', (where) => {
    it.each(stages)('%s', async (stage) => {
      await logOutAt(stage, where, kind, ({ tokens }) => tokens.fetchAsUser(user, accounts))
    })
  })
})

describe('a widget token is minted for somebody who has logged out', () => {
  it.each(['here', 'in another instance', 'in another process'] as const)('%s', async (where) => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const door = new Door('waiting for its subject token')
    const object = store.open()
    const { options } = watched(world, door)
    const here = world.start({ cache: object, ...options })
    const other =
      where === 'here'
        ? here
        : world.start({ cache: where === 'in another instance' ? object : store.open() })
    const minted = here.tokens.mintWidgetToken(user).then(
      () => 'minted',
      (error: { code?: string }) => error.code,
    )
    await expect.poll(() => door.reached).toBe(1)
    await other.tokens.forgetUser({ sub: user.sub })
    expect(await minted).toBe('user_forgotten')
    door.open()
    expect(await here.tokens.mintWidgetToken(user)).toHaveProperty('widgetToken')
  })
})

describe('two instances over one store object do not hear each other', () => {
  const pairs = Object.keys(kinds).flatMap((one) => Object.keys(kinds).map((other) => [one, other] as const))
  it.each(pairs)('%s and %s', async (one, other) => {
    await using world = await openWorld()
    const object = new SharedStore(world.clock).open()
    const [first, second] = [one, other].map((kind) => world.start({ cache: kinds[kind]?.(object) }))
    if (first === undefined || second === undefined) throw new Error('two instances')
    const before = await Promise.all([first, second].map(({ tokens }) => tokens.getUserAccessToken(user)))
    const logout = first.tokens.forgetUser({ sub: user.sub })
    const after = await second.tokens.getUserAccessToken(user)
    expect(before.map(({ accessToken }) => accessToken)).not.toContain(after.accessToken)
    await logout
  })

  it('in memory', async () => {
    await using world = await openWorld()
    const cache = memoryTokenCache()
    const [first, second] = [world.start({ cache }), world.start({ cache })]
    const before = await second.tokens.getUserAccessToken(user)
    const logout = first.tokens.forgetUser({ sub: user.sub })
    expect((await second.tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
    await logout
  })

  it('a call of one is not ended because the other, whose exchange it had joined, is closed', async () => {
    await using world = await openWorld()
    const cache = memoryTokenCache()
    const door = new Door('exchanging')
    const { options } = watched(world, door)
    const [first, second] = [world.start({ cache, ...options }), world.start({ cache })]
    const ended = first.tokens.getUserAccessToken(user).catch((error: { code?: string }) => error.code)
    await expect.poll(() => door.reached).toBe(1)
    const call = second.tokens.getUserAccessToken(user)
    await first.tokens.close()
    expect(await ended).toBe('closed')
    expect(await call).toMatchObject({ tokenType: 'Bearer' })
    door.open()
  })
})
