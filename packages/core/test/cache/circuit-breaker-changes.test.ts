import { AsyncLocalStorage } from 'node:async_hooks'
import type { TesouroTokensEvent } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hangs, Line, rejects } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

/** Where each operation counts, on a machine that is busy. */
const timeouts = { attemptMs: 15_000, cacheMs: 5_000 }

const guardStates = ({ events }: Process): string[] =>
  events.flatMap((event: TesouroTokensEvent) => (event.type === 'cache_guard' ? [event.state] : []))

/** A failure of a line that lasts until the test ends it. */
function held() {
  const ends: { resolve(): void; reject(error: Error): void }[] = []
  return {
    failure: () => new Promise<void>((resolve, reject) => void ends.push({ resolve, reject })),
    waiting: () => ends.length,
    succeed: (count: number) => ends.splice(0, count).map(({ resolve }) => resolve()),
    fail: (count: number) => ends.splice(0, count).map(({ reject }) => reject(new Error('down'))),
  }
}

describe('when the guard around a remote cache has changed', () => {
  let world: World
  let store: SharedStore
  let line: Line

  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
    line = new Line(store)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const start = (cache = line.cache): Process => world.start({ cache, timeouts })
  /** One operation over the line, whatever comes of it. */
  const ask = async ({ tokens }: Process): Promise<string> => (await tokens.health()).cache
  const fail = async (process: Process, times: number): Promise<void> => {
    line.failure = rejects
    for (let n = 0; n < times; n += 1) await ask(process)
  }
  const healed = async (process: Process): Promise<void> => {
    line.failure = undefined
    await expect.poll(() => guardStates(process).at(-1)).toBe('closed')
  }
  /** As many operations as are wanted, on their way for as long as the test wants. */
  const onTheWay = async (process: Process, count: number) => {
    const way = held()
    line.failure = way.failure
    const asked = atOnce(count, () => ask(process))
    await expect.poll(way.waiting).toBe(count)
    line.failure = undefined
    return { ...way, asked }
  }

  it('what was asked for before, and fails only now, does not open it again', async () => {
    const process = start()
    const old = await onTheWay(process, 5)
    await fail(process, 5)
    await healed(process)
    old.fail(5)
    await old.asked
    expect(guardStates(process)).toEqual(['open', 'closed'])
  })

  it('what was asked for before, and succeeds only now, does not make up for failures of now', async () => {
    const process = start()
    const old = await onTheWay(process, 1)
    await fail(process, 5)
    await healed(process)
    await fail(process, 4)
    old.succeed(1)
    await old.asked
    await fail(process, 1)
    expect(guardStates(process)).toEqual(['open', 'closed', 'open'])
  })

  it('an instance that comes after the last one has closed pays nothing for what it went through', async () => {
    const open = start()
    await fail(open, 5)
    await open.tokens.close()
    line.failure = undefined
    const second = start()
    expect(await ask(second)).toBe('up')

    await fail(second, 4)
    await second.tokens.close()
    const third = start()
    await fail(third, 4)
    expect(guardStates(third)).toEqual([])
  })

  it('a probe that was on its way when the last instance closed says nothing to the next', async () => {
    const first = start()
    await fail(first, 5)
    const way = held()
    line.failure = way.failure
    await expect.poll(way.waiting).toBe(1)
    await first.tokens.close()
    const next = start()
    await fail(next, 5)
    way.succeed(1)
    await new Promise(setImmediate)
    expect(await ask(next)).toBe('bypassed')
    expect(guardStates(next)).toEqual(['open'])
  })

  it('a probe that was on its way when the last instance closed is not followed by others', async () => {
    const first = start()
    await fail(first, 5)
    const way = held()
    line.failure = way.failure
    await expect.poll(way.waiting).toBe(1)
    await first.tokens.close()
    line.failure = rejects
    way.fail(1)
    // In the time in which another guard probes twice, this one would have probed as well.
    const { probes } = line
    const other = new Line(store)
    other.failure = rejects
    const second = start(other.cache)
    for (let n = 0; n < 5; n += 1) await ask(second)
    await expect.poll(() => other.probes - 5).toBe(2)
    expect(line.probes).toBe(probes)
  })

  it('however many calls come, a store that is down is not asked more often than twice a second', async () => {
    const process = world.start({ cache: line.cache, timeouts: { ...timeouts, cacheMs: 40 } })
    await fail(process, 5)
    await expect.poll(() => line.probes).toBeGreaterThan(6)
    const { probes } = line
    await atOnce(50, () => ask(process))
    expect(line.probes - probes).toBeLessThanOrEqual(2)
  })

  it('neither operations nor probes run in the async context of the calls that opened it', async () => {
    const request = new AsyncLocalStorage<string>()
    const contexts: (string | undefined)[] = []
    const get = (): Promise<never> => {
      contexts.push(request.getStore())
      return rejects()
    }
    const process = start({ ...line.cache, get })
    await request.run('the request', () => atOnce(5, () => ask(process)))
    await expect.poll(() => contexts.length).toBeGreaterThan(5)
    expect(contexts.slice(0, 6)).toEqual(Array(6).fill(undefined))
  })

  it('being late for calls that had no more time to spare is no reason to open it', async () => {
    // A call may read for a second in all. Its first look takes a part of it, and the lease never answers.
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
    line.failure = () => (line.asked.at(-1) === 'lease' ? hangs() : slow())
    const clock = { now: () => world.clock.now(), monotonic: () => performance.now() }
    const timeouts = { attemptMs: 15_000, cacheMs: 1_000 }
    const process = world.start({ cache: line.cache, timeouts, clock })
    await atOnce(6, (n) => process.tokens.getUserAccessToken(userOf(n)))
    const late = process.events.filter(
      (event) => event.type === 'cache_failure' && event.reason === 'timeout',
    )
    expect(late.length).toBeGreaterThanOrEqual(6)
    expect(guardStates(process)).toEqual([])
    expect(store.values()).toHaveLength(6)
  })
})
