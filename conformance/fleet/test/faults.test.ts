import { openWire, redisIsMissing, type Wire } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answers, FleetProcess } from '../src/fleet-process.js'
import { type Fleet, openFleet, subs } from '../src/open-fleet.js'

interface Fault {
  name: string
  /** What shows only to a process that has nothing in its memory yet. */
  newcomer?: boolean
  strike(fleet: Fleet, wire: Wire): unknown
  heal(fleet: Fleet, wire: Wire): unknown
}

/** Puts the same text where every token is. */
async function overwrite(fleet: Fleet, value: string): Promise<void> {
  const { redis } = fleet
  for (const key of (await redis.command('KEYS', '*:token:*')).split('\n').filter(Boolean)) {
    await redis.command('SET', key, value, 'KEEPTTL')
  }
}

const faults: Fault[] = [
  {
    name: 'paused',
    strike: ({ redis }) => redis.pause(),
    heal: ({ redis }) => redis.resume(),
  },
  {
    name: 'killed and started again, empty',
    strike: ({ redis }) => redis.kill(),
    heal: ({ redis }) => redis.restart(),
  },
  {
    name: 'out of memory',
    strike: ({ redis }) =>
      redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb'),
    heal: ({ redis }) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
  },
  {
    name: 'read-only',
    strike: ({ redis }) => redis.command('REPLICAOF', '127.0.0.1', '1'),
    heal: ({ redis }) => redis.command('REPLICAOF', 'NO', 'ONE'),
  },
  { name: 'answering nonsense', strike: (_, wire) => wire.garble(), heal: (_, wire) => wire.restore() },
  { name: 'slower than the limit', strike: (_, wire) => wire.delay(400), heal: (_, wire) => wire.restore() },
  { name: 'unreachable', strike: (_, wire) => wire.cut(), heal: (_, wire) => wire.restore() },
  {
    name: 'holding values of another program',
    newcomer: true,
    strike: (fleet) => overwrite(fleet, 'not ours'),
    heal: ({ redis }) => redis.command('FLUSHALL'),
  },
  {
    name: 'holding values of a newer format',
    newcomer: true,
    strike: (fleet) => overwrite(fleet, '{"format":99,"token":"of-somebody-else"}'),
    heal: ({ redis }) => redis.command('FLUSHALL'),
  },
]

const known = subs(25)

/** The platform answers late on a busy machine, which is not what these tests are about; Redis gets what it always gets. */
const options = { timeouts: { attemptMs: 15_000 } }

describe.skipIf(redisIsMissing()).each(['redis', 'ioredis'] as const)(
  'a Redis that fails no call, by %s',
  (client) => {
    let fleet: Fleet
    let wire: Wire
    let processes: FleetProcess[]

    beforeEach(async () => {
      fleet = await openFleet({ client, reused: true })
      wire = await openWire(fleet.redis.port)
      const redis = { port: wire.port, subscriber: wire.port }
      processes = await fleet.startMany(2, { redis, options })
    })
    afterEach(async () => {
      await fleet[Symbol.asyncDispose]()
      await wire[Symbol.asyncDispose]()
    })

    /** 250 calls in each of the processes; every one is answered, and with a token of the right user. */
    const answered = async (users: string[]): Promise<void> => {
      for (const answers of await Promise.all(
        processes.map((process) => process.get(users, 250 / users.length)),
      )) {
        expect(answers.errors).toEqual({})
        expect(Object.keys(answers.tokens).sort()).toEqual([...users].sort())
        expectOwn(answers)
      }
    }
    const expectOwn = ({ tokens }: Answers): void => {
      for (const [sub, served] of Object.entries(tokens)) {
        for (const token of served) expect(fleet.sandbox.openAccessToken(token)?.sub).toBe(sub)
      }
    }

    it.each(faults)('$name: 500 calls are answered, and it heals', async ({ newcomer, strike, heal }) => {
      await answered(known)
      for (const process of processes) await process.events()

      await strike(fleet, wire)
      if (newcomer) processes.push(await fleet.start({ options }))
      const strangers = known.map((sub) => `new-${sub}`)
      await answered([...known.slice(0, 13), ...strangers.slice(0, 12)])
      const events = (await Promise.all(processes.map((process) => process.events()))).flat()
      const told = events.filter(({ type }) => type === 'cache_failure' || type === 'cache_guard')
      expect(told.length).toBeGreaterThan(0)

      await heal(fleet, wire)
      for (const process of processes) {
        await expect.poll(async () => (await process.health()).cache, { interval: 50 }).toBe('up')
      }
      await answered([...known.slice(0, 13), ...strangers.slice(13)])
      // A token that one process obtains reaches the others again, whenever nothing is late on a busy machine.
      let user = 0
      const exchangesForNewcomer = async (): Promise<number> => {
        const before = fleet.exchanges()
        user += 1
        for (const process of processes) expect((await process.get([`after-${user}`])).errors).toEqual({})
        return fleet.exchanges() - before
      }
      await expect.poll(exchangesForNewcomer).toBe(1)
      expect((await Promise.all(processes.map((process) => process.unhandled()))).flat()).toEqual([])
    })
  },
)
