import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FleetProcess } from '../src/fleet-process.js'
import { type Fleet, openFleet } from '../src/open-fleet.js'

const user = 'user-1'

describe.skipIf(redisIsMissing()).each(['redis', 'ioredis'] as const)(
  'two processes of which one stands still, by %s',
  (client) => {
    let fleet: Fleet

    beforeEach(async () => {
      fleet = await openFleet({ client, reused: true })
    })
    afterEach(() => fleet[Symbol.asyncDispose]())

    const served = async (process: FleetProcess): Promise<string> => {
      const { errors, tokens } = await process.get([user])
      expect(errors).toEqual({})
      return tokens[user]?.[0] ?? ''
    }

    /** Waits until the one lease in Redis has more time left than before. Gives everybody who has had it meanwhile. */
    const renewed = async (): Promise<Set<string>> => {
      const owners = new Set<string>()
      let before = Number.POSITIVE_INFINITY
      const isLonger = async (): Promise<boolean> => {
        const key = (await fleet.redis.command('KEYS', '*:lease:*')).split('\n')[0] ?? ''
        const [owner, left] = await Promise.all([
          fleet.redis.command('HGET', key, 'owner'),
          fleet.redis.command('PTTL', key),
        ])
        if (owner !== '') owners.add(owner)
        const isMore = Number(left) > before
        before = Number(left)
        return isMore
      }
      await expect.poll(isLonger, { interval: 20 }).toBe(true)
      return owners
    }

    it('the owner of a hanging exchange keeps the other waiting, or ends with another token', async () => {
      const [owner, other] = [await fleet.start(), await fleet.start()]
      fleet.sandbox.faults.hang({ on: 'token', times: 1 })
      const hanging = owner.get([user])
      await expect.poll(() => fleet.exchanges(user)).toBe(1)
      const waiting = served(other)
      expect((await renewed()).size).toBe(1)
      // Longer than its lease, which it cannot renew meanwhile.
      const stoodStill = owner.standStill(6_000)
      const token = await waiting
      await stoodStill
      // Its own call may fail, as that of an application whose platform does not answer.
      const { errors, tokens } = await hanging
      expect([...Object.keys(errors), ...(tokens[user] ?? [])]).toEqual([
        expect.toBeOneOf(['upstream_unavailable', token]),
      ])
      expect(fleet.sandbox.openAccessToken(token)?.sub).toBe(user)
      for (const process of [owner, other, owner]) expect(await served(process)).toBe(token)
      expect(fleet.exchanges(user)).toBe(2)
      const events = [...(await owner.events()), ...(await other.events())]
      expect(events.filter(({ type }) => type === 'cache_failure' || type === 'cache_guard')).toEqual([])
      expect(events).toContainEqual(expect.objectContaining({ type: 'lease_wait', outcome: 'held' }))
    })
  },
)
