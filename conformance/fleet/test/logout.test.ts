import { openWire, redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FleetProcess } from '../src/fleet-process.js'
import { type Fleet, openFleet } from '../src/open-fleet.js'

const user = 'user-1'

/** The token that a process serves now. */
async function served(process: FleetProcess | undefined): Promise<string> {
  const answers = await process?.get([user])
  expect(answers?.errors).toEqual({})
  return answers?.tokens[user]?.[0] ?? ''
}

/** Calls until the process no longer serves the old token. It may for a second; how long that is, is up to the machine. */
async function servesAnother(process: FleetProcess | undefined, old: string): Promise<void> {
  await expect.poll(() => served(process), { interval: 20 }).not.toBe(old)
}

describe.skipIf(redisIsMissing()).each(['redis', 'ioredis'] as const)(
  'a logout in a fleet, by %s',
  (client) => {
    let fleet: Fleet

    beforeEach(async () => {
      fleet = await openFleet({ client, reused: true })
    })
    afterEach(() => fleet[Symbol.asyncDispose]())

    it('no other process goes on with the old token', async () => {
      const [a, ...others] = await fleet.startMany(4)
      const old = await served(a)
      for (const other of others) expect(await served(other)).toBe(old)
      expect(await a?.forget(user)).toEqual({ forgotten: 1, revoked: 0, failed: 0 })
      await Promise.all(others.map((other) => servesAnother(other, old)))
    })

    it('an exchange that runs elsewhere does not bring a token back', async () => {
      const [a, b] = await fleet.startMany(2)
      const undo = fleet.sandbox.faults.hang({ on: 'token' })
      const late = b?.get([user])
      await expect.poll(() => fleet.exchanges(user)).toBe(1)
      await a?.forget(user)
      expect(await late).toMatchObject({ tokens: {}, errors: { user_forgotten: 1 } })
      undo()
      const fresh = await served(a)
      expect(await served(b)).toBe(fresh)
    })

    it('a cut subscription does not hide it while commands still work', async () => {
      await using wire = await openWire(fleet.redis.port)
      const a = await fleet.start()
      const b = await fleet.start({ redis: { port: fleet.redis.port, subscriber: wire.port } })
      const old = await served(b)
      wire.cut()
      await a.forget(user)
      await servesAnother(b, old)
    })

    it('a process that was cut off serves nothing old when it is back', async () => {
      await using wire = await openWire(fleet.redis.port)
      const a = await fleet.start()
      const b = await fleet.start({ redis: { port: wire.port, subscriber: wire.port } })
      const old = await served(b)
      wire.cut()
      await a.forget(user)
      const meanwhile = await served(b)
      expect(meanwhile).toBe(old) // nobody can have told it yet
      wire.restore()
      await expect.poll(async () => (await b.health()).cache, { interval: 20 }).toBe('up')
      await servesAnother(b, old)
    })

    it('one that the store could not record says so, and is recorded when the store is back', async () => {
      await using wire = await openWire(fleet.redis.port)
      const a = await fleet.start({ redis: { port: wire.port, subscriber: wire.port } })
      const b = await fleet.start()
      const old = await served(a)
      expect(await served(b)).toBe(old)
      wire.cut()
      expect(await a.forget(user)).toEqual({ error: 'cache_unavailable' })
      expect(await served(a)).not.toBe(old)
      wire.restore()
      await servesAnother(b, old)
      expect(await served(a)).not.toBe(old)
    })

    it('no token of another e-mail address or other claims survives it', async () => {
      const [a, b] = await fleet.startMany(2)
      const users = ['one', 'two'].flatMap((address) =>
        ['x', 'y', 'z'].map((claim) => ({ sub: user, email: `${address}@bank.example`, claims: { claim } })),
      )
      for (const process of [a, b]) await process?.getAs(users)
      const old = (await b?.getAs(users))?.tokens[user] ?? []
      expect(old).toHaveLength(6)
      expect(await a?.forget(user)).toMatchObject({ forgotten: 6 })
      await expect
        .poll(async () => (await b?.getAs(users))?.tokens[user]?.filter((token) => old.includes(token)))
        .toEqual([])
      expect(fleet.exchanges(user)).toBe(12)
    })
  },
)
