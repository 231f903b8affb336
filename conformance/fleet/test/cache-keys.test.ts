import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, openFleet, subs } from '../src/open-fleet.js'

const [old = '', fresh = ''] = ['a', 'b'].map((digit) => digit.repeat(64))
const users = subs(20)

describe.skipIf(redisIsMissing())('the keys that seal are changed', () => {
  let fleet: Fleet

  beforeEach(async () => {
    fleet = await openFleet({ reused: true })
  })
  afterEach(() => fleet[Symbol.asyncDispose]())

  it('processes of different order cannot open what the other one sealed', async () => {
    const before = await fleet.start({ cacheKeys: [old, fresh] })
    const after = await fleet.start({ cacheKeys: [fresh, old] })
    const { tokens } = await before.get(users.slice(0, 10))
    expect((await after.get(users)).tokens).toMatchObject(tokens)
    const all = await before.get(users)
    expect(all.errors).toEqual({})
    expect(fleet.exchanges()).toBe(users.length)
    expect(await after.forget(users[0] ?? '')).toMatchObject({ forgotten: 1, failed: 0 })

    // the roll-out has ended, and what the old key sealed costs one exchange
    const last = await fleet.start({ cacheKeys: [fresh] })
    const answers = await last.get(users.slice(1))
    expect(answers.errors).toEqual({})
    expect(fleet.exchanges()).toBe(users.length + 9)
  })
})
