import {
  createWidgetTokenHandler,
  isTesouroTokensError,
  memoryTokenCache,
  type TesouroTokens,
  type TesouroTokensEvent,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

/** What a listener does to the call that tells it. */
const deeds: Record<string, (tokens: TesouroTokens, caller: AbortController) => unknown> = {
  'logs the user out': (tokens) => tokens.forgetUser({ sub: user.sub }),
  'closes the tokens': (tokens) => tokens.close(),
  'aborts the call': (_, caller) => caller.abort(new Error('enough')),
}
const ends: Record<string, unknown> = {
  'logs the user out': { code: 'user_forgotten' },
  'closes the tokens': { code: 'closed' },
  'aborts the call': { message: 'enough' },
}

// A rejection that nobody handles ends the process, and so this run.
describe.each(Object.keys(deeds))('a listener that %s in the middle of a call', (name) => {
  const listened = (world: World, when: TesouroTokensEvent['type'], more = {}) => {
    const caller = new AbortController()
    let isDone = false
    const { tokens } = world.start({
      ...more,
      onEvent: (event) => {
        if (event.type !== when || isDone || !isArmed) return
        isDone = true
        void deeds[name]?.(tokens, caller)
      },
    })
    let isArmed = false
    const arm = (): void => {
      isArmed = true
    }
    return { tokens, signal: caller.signal, arm }
  }

  it.each(['in memory', 'in a shared store'])(
    'leaves an exchange behind, or a rejection (%s)',
    async (where) => {
      await using world = await openWorld()
      const cache = where === 'in memory' ? memoryTokenCache() : new SharedStore(world.clock).open()
      const { tokens, signal, arm } = listened(world, 'cache_miss', { cache })
      const { accessToken: rejectedToken } = await tokens.getUserAccessToken(user)
      arm()
      await expect(tokens.getUserAccessToken(user, { rejectedToken, signal })).rejects.toMatchObject(
        ends[name] as object,
      )
      await world.start().tokens.getUserAccessToken(userOf(2))
      // A caller who gives up detaches from an exchange that serves others as well.
      if (name !== 'aborts the call') expect(world.exchanges(user.sub)).toBe(1)
    },
  )

  it('is told of a widget token, and the call hands that out', async () => {
    await using world = await openWorld()
    const { tokens, signal, arm } = listened(world, 'mint', { subjectToken: unsecuredSubjectToken() })
    arm()
    await expect(tokens.mintWidgetToken(user, { signal })).rejects.toMatchObject(ends[name] as object)
  })

  it('is told of a token in memory, and the call hands that out', async () => {
    await using world = await openWorld()
    const { tokens, signal, arm } = listened(world, 'cache_hit')
    await tokens.getUserAccessToken(user)
    arm()
    await expect(tokens.getUserAccessToken(user, { signal })).rejects.toMatchObject(ends[name] as object)
  })
})

describe("the host's waitUntil", () => {
  const failing: Record<string, (work: Promise<unknown>) => unknown> = {
    rejects: async (work) => {
      await work
      throw new Error('of the host')
    },
    throws: () => {
      throw new Error('of the host')
    },
    'gives something behind a getter that throws': () =>
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('of the host')
        },
      }),
  }
  it.each(Object.keys(failing))('%s, and the process ends', async (name) => {
    await using world = await openWorld()
    const waitUntil = failing[name] as (work: Promise<unknown>) => void
    const { tokens } = world.start({ waitUntil })
    expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
    world.clock.pass(3_500_000)
    expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
    await expect.poll(() => world.exchanges()).toBe(2)
  })
})

it('a fetch whose answer throws a proxy that throws fails a call with an error of another kind', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  await using world = await openWorld()
  for (const throwing of [
    async (): Promise<Response> => Promise.reject(proxy),
    async () =>
      Object.assign(Object.create({ headers: new Headers() }), {
        get status(): number {
          throw proxy
        },
      }),
  ]) {
    const { tokens } = world.start({ fetch: throwing })
    const error: unknown = await tokens.getUserAccessToken(user).catch((caught: unknown) => caught)
    expect(
      isTesouroTokensError(error, 'upstream_unavailable') || isTesouroTokensError(error, 'configuration'),
    ).toBe(true)
  }
})

it('a store that gives every lease to somebody else keeps a cold call waiting until it fails', async () => {
  await using world = await openWorld()
  let asked = 0
  const lease = async () => {
    asked += 1
    world.clock.pass(5_000)
    return { busy: true as const }
  }
  const { tokens } = world.start({ cache: { ...new SharedStore(world.clock).open(), lease } })
  expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
  expect(asked).toBeLessThan(6)
})

const rejecting = (): Promise<never> => Promise.reject(new Error('of the application'))
const throwing = (): never => {
  throw new Error('of the application')
}
/** A rejected promise of the runtime's whose own method keeps the rejection from being handled. */
const rejectingWith = (name: string, value: unknown) => (): Promise<never> =>
  Object.defineProperty(rejecting(), name, { value })
const odd = {
  'a promise without catch': rejectingWith('catch', undefined),
  'a promise whose catch throws': rejectingWith('catch', throwing),
  'a promise whose then throws': rejectingWith('then', throwing),
  'a promise whose then does nothing': rejectingWith('then', () => {}),
  'a promise of a class of its own': () => class extends Promise<never> {}.reject(new Error('of a class')),
  'something whose then rejects': () =>
    Object.defineProperty({}, 'then', { value: (_: unknown, reject: () => void) => reject() }),
  'a proxy that throws': () => new Proxy({}, { get: throwing, has: throwing }),
}
const callbacks = {
  ...Object.fromEntries(
    Object.entries(odd).flatMap(([name, give]) =>
      ['onEvent', 'waitUntil', 'onError'].map((where) => [`${where} gives ${name}`, { [where]: give }]),
    ),
  ),
  'onEvent throws': { onEvent: throwing },
  'onEvent rejects': { onEvent: rejecting },
  'waitUntil throws': { waitUntil: throwing },
  'waitUntil rejects': { waitUntil: rejecting },
}
it.each(Object.entries(callbacks))('%s, and a call fails or the process ends', async (_, given) => {
  const { onError, ...options }: Record<string, unknown> = given
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  // Whichever of the two comes first, as the process was started.
  process.on('unhandledRejection', note).on('uncaughtException', note)
  try {
    await using world = await openWorld()
    const { tokens } = world.start(options)
    await tokens.getUserAccessToken(user)
    await tokens.mintWidgetToken(user)
    await tokens.forgetUser({ sub: user.sub })
    if (onError !== undefined) {
      let told = 0
      const tell = (): unknown => {
        told += 1
        return (onError as () => unknown)()
      }
      const handle = createWidgetTokenHandler({ tokens, getUser: throwing, onError: tell })
      const request = { method: 'POST', host: 'bank.example', headers: {}, request: {} }
      expect((await handle(request)).status).toBe(500)
      expect(told).toBe(1)
    }
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note)
  }
  expect(unhandled).toEqual([])
})
