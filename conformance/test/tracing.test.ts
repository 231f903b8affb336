import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import type { TesouroTokensTrace } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { SharedStore } from '../src/shared-store.js'
import { openWorld, userOf, type World } from '../src/world.js'

type Type = TesouroTokensTrace['type']
type Moment = 'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error'

const types = ['mint', 'obtain', 'exchange', 'revoke', 'cache', 'lease_wait', 'slot_wait'] as const
const moments = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** Listens to one moment of one type of work until the test ends. */
function listen(type: Type, moment: Moment, hear: (trace: TesouroTokensTrace) => void): void {
  const name = `tracing:tesouro-tokens:${type}:${moment}`
  const listener = (message: unknown): void => hear(message as TesouroTokensTrace)
  subscribe(name, listener)
  onTestFinished(() => void unsubscribe(name, listener))
}

/** Everything that is published: by message, the moments in order. */
function listenToAll(): Map<TesouroTokensTrace, Moment[]> {
  const told = new Map<TesouroTokensTrace, Moment[]>()
  for (const type of types) {
    for (const moment of moments) {
      listen(type, moment, (trace) => void told.set(trace, [...(told.get(trace) ?? []), moment]))
    }
  }
  return told
}

describe('tracing channels', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(() => world[Symbol.asyncDispose]())

  it('tell of a beginning without its end, or of anything that nobody may know', async () => {
    const told = listenToAll()
    const store = new SharedStore(world.clock)
    const { revocationPath } = world.sandbox
    const one = world.start({ cache: store.open(), revocationPath, requestsPerSecond: 25 })
    const two = world.start({ cache: store.open() })
    const user = userOf(1)
    const secrets: string[] = [user.sub, user.email, 'SECRET-'.repeat(3)]
    secrets.push((await one.tokens.mintWidgetToken(user)).widgetToken)
    const undo = world.sandbox.faults.slow(200)
    const both = [one, two].map(({ tokens }) => tokens.getUserAccessToken(user))
    secrets.push(...(await Promise.all(both)).map(({ accessToken }) => accessToken))
    undo()
    await one.tokens.forgetUser({ sub: user.sub }, { revoke: true })
    const broken = { ...userOf(2), subjectToken: 'SECRET-'.repeat(3) }
    await expect(one.tokens.getUserAccessToken(broken)).rejects.toThrow()

    expect([...new Set([...told.keys()].map(({ type }) => type))].sort()).toEqual([...types].sort())
    for (const [trace, heard] of told) {
      const failed = trace.outcome !== 'ok'
      const ending = failed ? ['error', 'asyncStart', 'asyncEnd'] : ['asyncStart', 'asyncEnd']
      expect(heard, inspect(trace)).toEqual(['start', 'end', ...ending])
    }
    const traces = [...told.keys()]
    expect(traces).toContainEqual({ type: 'lease_wait', outcome: 'ok', ended: 'stored' })
    expect(traces).toContainEqual({ type: 'obtain', background: false, outcome: 'subject_token' })
    expect(traces).toContainEqual({
      ...{ type: 'exchange', grant: 'token_exchange', outcome: 'ok', attempts: 1, status: 200 },
      requestId: expect.any(String),
    })
    const shown = inspect(traces, { depth: 9, showHidden: true })
    for (const secret of secrets) expect(shown).not.toContain(secret)
  })

  it('show shared work outside of the call that caused it, or hold on to that call', async () => {
    const request = new AsyncLocalStorage<string>()
    const inside = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    listen('obtain', 'start', (trace) => {
      const caller = request.getStore()
      trace.run = (work) => inside.run(`under ${caller}`, work)
    })
    const { tokens } = world.start({
      fetch: (...given) => {
        seen.push([request.getStore(), inside.getStore()])
        return fetch(...given)
      },
    })
    await request.run('request 1', () => tokens.getUserAccessToken(userOf(1)))
    expect(seen).toEqual([[undefined, 'under request 1']])
  })

  it('leave a call’s own work outside the stores that are bound to it', async () => {
    const store = new AsyncLocalStorage<string>()
    const channel = tracingChannel('tesouro-tokens:mint')
    channel.start.bindStore(store, () => 'in the span')
    onTestFinished(() => void channel.start.unbindStore(store))
    let seen: string | undefined
    const { tokens } = world.start()
    const subjectToken = async (): Promise<string> => {
      seen = store.getStore()
      throw new Error('none')
    }
    const minted = tokens.mintWidgetToken({ ...userOf(1), subjectToken })
    await expect(minted).rejects.toMatchObject({ code: 'subject_token' })
    expect(seen).toBe('in the span')
  })

  it.each<[string, TesouroTokensTrace['run'] & object]>([
    ['throws', () => expect.fail('a listener’s mistake')],
    ['never begins the work', () => {}],
    ['begins it late', (work) => void setImmediate(work)],
    ['begins it twice', (work) => [work(), work()]],
  ])('lose or repeat work because a listener %s', async (_, run) => {
    for (const type of types) {
      listen(type, 'start', (trace) => {
        trace.run = run
      })
    }
    const { tokens } = world.start()
    await tokens.mintWidgetToken(userOf(1))
    await tokens.getUserAccessToken(userOf(1))
    expect(world.exchanges()).toBe(1)
  })

  it.each<[string, (trace: TesouroTokensTrace) => void]>([
    ['freezes the message', (trace) => void Object.freeze(trace)],
    [
      'puts accessors that throw in the place of members',
      (trace) => {
        for (const name of ['outcome', 'run', 'attempts', 'status', 'ended', 'reason']) {
          Object.defineProperty(trace, name, {
            get: () => expect.fail('a listener’s mistake'),
            set: () => expect.fail('a listener’s mistake'),
          })
        }
      },
    ],
    ['sets the outcome', (trace) => void Object.assign(trace, { outcome: 'ok', type: 'mint' })],
  ])('fail or change a call because a listener %s', async (_, spoil) => {
    for (const type of types) listen(type, 'start', spoil)
    const store = new SharedStore(world.clock)
    const { revocationPath } = world.sandbox
    const { tokens } = world.start({ cache: store.open(), revocationPath, requestsPerSecond: 25 })
    expect(await tokens.mintWidgetToken(userOf(1))).toMatchObject({ widgetToken: expect.any(String) })
    expect(await tokens.getUserAccessToken(userOf(1))).toMatchObject({ tokenType: 'Bearer' })
    store.failure = () => Promise.reject(new Error('gone'))
    expect(await tokens.getUserAccessToken(userOf(2))).toMatchObject({ tokenType: 'Bearer' })
    store.failure = undefined
    expect(await tokens.forgetUser(userOf(1), { revoke: true })).toMatchObject({ revoked: 1 })
    world.sandbox.faults.status(503)
    await expect(tokens.getUserAccessToken(userOf(3))).rejects.toMatchObject({ code: 'upstream_unavailable' })
  })

  it('tell a background refresh from one for which a call waits', async () => {
    const backgrounds: unknown[] = []
    listen('obtain', 'start', (trace) => void backgrounds.push(trace.type === 'obtain' && trace.background))
    const { tokens, settled } = world.start()
    await tokens.getUserAccessToken(userOf(1))
    world.clock.pass(3_400_000)
    await tokens.getUserAccessToken(userOf(1))
    await settled()
    expect(backgrounds).toEqual([false, true])
  })
})

describe('the channel of every event', () => {
  it('makes core compute names that nobody asked for, or misses an event', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ onEvent: undefined })
    const heard: unknown[] = []
    const hear = (event: unknown): void => void heard.push(event)
    subscribe('tesouro-tokens:event', hear)
    onTestFinished(() => void unsubscribe('tesouro-tokens:event', hear))
    await tokens.mintWidgetToken(userOf(1))
    await tokens.getUserAccessToken(userOf(1))
    await tokens.getUserAccessToken(userOf(1))
    expect(heard).toMatchObject([
      { type: 'mint', user: undefined },
      { type: 'cache_miss', user: undefined },
      { type: 'exchange', user: undefined },
      { type: 'cache_hit', user: undefined, state: 'fresh', remainingMs: expect.any(Number) },
    ])
  })
})
