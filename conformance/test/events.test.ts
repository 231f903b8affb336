import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createWidgetTokenHandler } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, userOf, type World } from '../src/world.js'

const user = userOf(1)

describe('events', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('tell a session from mint to logout, in order', async () => {
    const { tokens, events } = world.start({ revocationPath: world.sandbox.revocationPath })
    await tokens.mintWidgetToken(user)
    await tokens.getUserAccessToken(user)
    await tokens.getUserAccessToken(user)
    await tokens.getAppAccessToken()
    await tokens.forgetUser({ sub: user.sub }, { revoke: true })
    expect(events.map(({ type }) => type)).toEqual([
      'mint',
      'cache_miss',
      'exchange',
      'cache_hit',
      'cache_miss',
      'exchange',
      'forget',
      'revoke',
    ])
    expect(events[2]).toMatchObject({ grant: 'token_exchange', outcome: 'ok', attempts: 1, status: 200 })
    expect(events[5]).toMatchObject({ grant: 'client_credentials', user: undefined })
  })

  it('name users so that they can be told apart, and so that nobody is named', async () => {
    const { tokens, events } = world.start()
    await tokens.mintWidgetToken(userOf(1))
    await tokens.getUserAccessToken(userOf(1))
    await tokens.getUserAccessToken(userOf(2))
    const names = events.map((event) => ('user' in event ? event.user : undefined))
    expect(names).toEqual([names[0], names[0], names[0], names[3], names[3]])
    expect(names[0]).not.toBe(names[3])
    expect(names[0]).toMatch(/^[0-9a-f]{32}$/)
    const other = world.start()
    await other.tokens.mintWidgetToken(userOf(1))
    expect(other.events[0]).not.toMatchObject({ user: names[0] })
    expect(JSON.stringify(events)).not.toContain('user-1')
  })

  it('tell of what the endpoint refuses', async () => {
    const { tokens, events } = world.start()
    const handle = createWidgetTokenHandler({ tokens, getUser: () => user, mintLimit: { perMinute: 1 } })
    const request = { method: 'POST', host: 'bank.example', request: undefined }
    const sameOrigin = { 'sec-fetch-site': 'same-origin' }
    await handle({ ...request, headers: { 'sec-fetch-site': 'cross-site' }, body: undefined })
    await handle({ ...request, headers: sameOrigin, body: undefined })
    await handle({ ...request, headers: sameOrigin, body: undefined })
    await expect.poll(() => events.filter(({ type }) => type === 'refusal')).toHaveLength(2)
    const [origin, limit] = events.filter(({ type }) => type === 'refusal')
    const mint = events.find(({ type }) => type === 'mint')
    expect(origin).toMatchObject({ code: 'origin_not_allowed', status: 403, user: undefined })
    expect(limit).toMatchObject({ status: 429, user: mint && 'user' in mint ? mint.user : '' })
  })

  it('come on diagnostics channels too, and a listener that throws harms nothing', async () => {
    const heard: unknown[] = []
    const listen = (event: unknown): void => void heard.push(event)
    subscribe('tesouro-tokens:mint', listen)
    try {
      const { tokens } = world.start({
        onEvent: () => {
          throw new Error('the listener is broken')
        },
      })
      await tokens.mintWidgetToken(user)
      expect(heard).toMatchObject([{ type: 'mint', outcome: 'ok', user: expect.any(String) }])
    } finally {
      unsubscribe('tesouro-tokens:mint', listen)
    }
  })

  it('an async listener that rejects harms nothing', async () => {
    const { tokens } = world.start({
      onEvent: () => Promise.reject(new Error('broken')) as unknown as undefined,
    })
    await tokens.mintWidgetToken(user)
    await new Promise(setImmediate)
  })
})
