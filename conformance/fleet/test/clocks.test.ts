import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, openFleet, subs } from '../src/open-fleet.js'

const tenMinutes = 600_000

describe.skipIf(redisIsMissing())('processes whose clocks are ten minutes apart', () => {
  let fleet: Fleet

  beforeEach(async () => {
    // Shorter than the clocks are apart: by the wrong clock every token would be dead, or live too long.
    fleet = await openFleet({ accessTokenLifetimeSeconds: 300, reused: true })
  })
  afterEach(() => fleet[Symbol.asyncDispose]())

  it.each([
    ['ahead', tenMinutes],
    ['behind', -tenMinutes],
  ])('one that is %s neither exchanges again nor serves what has expired', async (_, skewMs) => {
    const right = await fleet.start()
    const wrong = await fleet.start({ skewMs })
    const users = subs(10)
    for (const process of [right, wrong, right, wrong]) {
      const answers = await process.get(users, 5)
      expect(answers.errors).toEqual({})
      for (const [token] of Object.values(answers.tokens)) {
        expect(fleet.sandbox.openAccessToken(token ?? '')).toBeDefined()
      }
    }
    const later = subs(20).slice(10)
    for (const process of [wrong, right]) expect((await process.get(later, 5)).errors).toEqual({})
    expect(fleet.exchanges()).toBe(20)
  })
})
