import { layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { hangs, Line, rejects } from '../src/line.js'
import { ManualClock } from '../src/manual-clock.js'
import { SharedStore } from '../src/shared-store.js'

const key = { subject: 'user', variant: 'one' }
const other = { subject: 'user', variant: 'other' }
const ttlMs = 60_000

describe('a logout between two steps of memory in front of a shared cache', () => {
  let line: Line
  let elsewhere: TokenCache
  let front: TokenCache
  /** What happens after the store has read a value, before its answer is here. */
  let onTheWay: (() => unknown) | undefined

  beforeEach(() => {
    const store = new SharedStore(new ManualClock())
    line = new Line(store)
    elsewhere = store.open()
    onTheWay = undefined
    const get: TokenCache['get'] = async (asked) => {
      const answer = await line.cache.get(asked)
      await onTheWay?.()
      return answer
    }
    front = layeredTokenCache({ shared: { ...line.cache, get } })
  })
  const generationNow = async (): Promise<string> => (await front.get(key)).generation

  it('elsewhere: what was read before is not served', async () => {
    await elsewhere.set(key, 'old', { ttlMs, generation: '0' })
    onTheWay = () => elsewhere.forget(key.subject)
    expect((await front.get(key)).value).toBeUndefined()
    onTheWay = undefined
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('here, not recorded yet: what was read before is not served', async () => {
    await elsewhere.set(key, 'old', { ttlMs, generation: '0' })
    onTheWay = () => {
      line.failure = hangs
      front.forget(key.subject).catch(() => {})
    }
    expect((await front.get(key)).value).toBeUndefined()
    expect((await front.get(key)).value).toBeUndefined()
    await front.close?.()
  })

  it('here, not recorded yet: what was asked for before is not stored', async () => {
    const generation = await generationNow()
    const stubborn = layeredTokenCache({ shared: { ...line.cache, forget: rejects } })
    await expect(stubborn.forget(key.subject)).rejects.toMatchObject({ code: 'cache_unavailable' })
    expect(await stubborn.set(key, 'old', { ttlMs, generation })).toBe(false)
    await stubborn.close?.()
  })

  it('elsewhere: what the store could not take is not kept', async () => {
    const generation = await generationNow()
    await elsewhere.forget(key.subject)
    line.failure = rejects
    expect(await front.set(key, 'old', { ttlMs, generation })).toBe(false)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('here, while the store is gone: what was asked for before is not kept', async () => {
    line.failure = rejects
    const generation = await generationNow()
    await expect(front.forget(key.subject)).rejects.toMatchObject({ code: 'cache_unavailable' })
    expect(await front.set(key, 'old', { ttlMs, generation })).toBe(false)
    expect((await front.get(key)).value).toBeUndefined()
    await front.close?.()
  })

  it('elsewhere, not heard: a token that the store refuses tells of it, and the others go too', async () => {
    const generation = await generationNow()
    await front.set(other, 'old', { ttlMs, generation })
    expect((await front.get(other)).value).toBe('old')
    line.deafen()
    await elsewhere.forget(key.subject)
    expect(await front.set(key, 'old, too', { ttlMs, generation })).toBe(false)
    expect((await front.get(other)).value).toBeUndefined()
  })

  it('elsewhere, missed while an answer is on its way: what it brought is compared once more', async () => {
    await elsewhere.set(key, 'old', { ttlMs, generation: '0' })
    onTheWay = async () => {
      onTheWay = undefined
      line.deafen()
      await elsewhere.forget(key.subject)
      line.restoreSubscription()
    }
    await front.get(key)
    expect((await front.get(key)).value).toBeUndefined()
  })
})
