import { layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { hangs, Line, rejects } from '../../../../conformance/src/line.js'
import { ManualClock } from '../../../../conformance/src/manual-clock.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'

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

  it('here, not recorded yet: who signed in again is kept, not taken for one of before', async () => {
    onTheWay = () => {
      onTheWay = undefined
      line.failure = hangs
      front.forget(key.subject).catch(() => {})
    }
    const { generation } = await front.get(key)
    expect(await front.set(key, 'new', { ttlMs, generation })).toBe(true)
    expect((await front.get(key)).value).toBe('new')
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

  it('elsewhere, found by another variant: what the store could not take is not served when it is gone', async () => {
    const generation = await generationNow()
    line.failure = rejects
    expect(await front.set(key, 'old', { ttlMs, generation })).toBe(true)
    expect((await front.get(key)).value).toBe('old')
    line.failure = undefined
    line.deafen()
    await elsewhere.forget(key.subject)
    await front.get(other)
    line.failure = rejects
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('elsewhere, missed and found by another variant: the token is not served', async () => {
    const generation = await generationNow()
    await front.set(key, 'old', { ttlMs, generation })
    line.deafen()
    await elsewhere.forget(key.subject)
    line.restoreSubscription()
    await front.get(other)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('elsewhere, known to another call already: what was read before is not served', async () => {
    await elsewhere.set(key, 'old', { ttlMs, generation: '0' })
    onTheWay = async () => {
      onTheWay = undefined
      await elsewhere.forget(key.subject)
      await front.get(other)
    }
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('elsewhere, heard while the store takes a token: that it was taken does not say who is signed in', async () => {
    const set: TokenCache['set'] = async (...parts) => {
      const stored = await line.cache.set(...parts)
      await elsewhere.forget(key.subject)
      return stored
    }
    front = layeredTokenCache({ shared: { ...line.cache, set } })
    const generation = await generationNow()
    await front.set(key, 'old', { ttlMs, generation })
    line.failure = rejects
    expect(await front.set(other, 'old, too', { ttlMs, generation })).toBe(false)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('elsewhere, told by a refusal: what the store cannot take after that is not kept', async () => {
    const generation = await generationNow()
    line.deafen()
    await elsewhere.forget(key.subject)
    expect(await front.set(key, 'old', { ttlMs, generation })).toBe(false)
    line.failure = rejects
    expect(await front.set(other, 'old, too', { ttlMs, generation })).toBe(false)
    expect((await front.get(other)).value).toBeUndefined()
  })

  it('elsewhere, told by a refusal: what the store could not take before that is not served', async () => {
    const generation = await generationNow()
    line.failure = rejects
    await front.set(other, 'old', { ttlMs, generation })
    line.failure = undefined
    line.deafen()
    await elsewhere.forget(key.subject)
    expect(await front.set(key, 'old, too', { ttlMs, generation })).toBe(false)
    line.failure = rejects
    expect((await front.get(other)).value).toBeUndefined()
  })

  it('elsewhere, while nobody used the cache: what memory still has is compared first', async () => {
    const generation = await generationNow()
    await front.set(key, 'old', { ttlMs, generation })
    await front.close?.()
    await elsewhere.forget(key.subject)
    expect((await front.get(key)).value).toBeUndefined()
  })
})

describe('a token that the store could not be told to drop', () => {
  it('is served neither meanwhile nor when the store is back, and goes from the store then', async () => {
    const store = new SharedStore(new ManualClock())
    const line = new Line(store)
    const front = layeredTokenCache({ shared: line.cache })
    await store.open().set(key, 'refused', { ttlMs, generation: '0' })
    line.failure = rejects
    await front.delete(key)
    expect(await front.get(key)).not.toHaveProperty('value')
    line.failure = undefined
    expect(await front.get(key)).not.toHaveProperty('value')
    expect(store.values()).toEqual([])
  })

  it('is not counted when its user is logged out', async () => {
    const line = new Line(new SharedStore(new ManualClock()))
    const front = layeredTokenCache({ shared: line.cache })
    line.failure = rejects
    await front.delete(key)
    line.failure = undefined
    expect(await front.forget(key.subject)).toEqual([])
  })
})

describe('a user of whom nothing is known any longer', () => {
  it('is not taken for logged out because the store cannot take their token', async () => {
    const line = new Line(new SharedStore(new ManualClock()))
    const front = layeredTokenCache({ shared: line.cache })
    line.failure = rejects
    expect(await front.set(key, 'token', { ttlMs, generation: '0' })).toBe(true)
  })
})
