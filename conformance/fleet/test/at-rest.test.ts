import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, openFleet } from '../src/open-fleet.js'

const lifetimeSeconds = 1_200
const users = Array.from({ length: 10 }, (_, n) => ({
  sub: `canary-subject-${n}-of-the-bank`,
  email: `canary.address.${n}@bank.example`,
  claims: { department: `canary-department-${n}` },
}))

describe.skipIf(redisIsMissing())('what Redis holds', () => {
  let fleet: Fleet

  beforeEach(async () => {
    fleet = await openFleet({ accessTokenLifetimeSeconds: lifetimeSeconds, reused: true })
  })
  afterEach(() => fleet[Symbol.asyncDispose]())

  it('no key or value shows a token, a user or an address, and none stays for longer than it may', async () => {
    const [a, b] = await fleet.startMany(2)
    const answers = await a?.getAs(users)
    expect(answers?.errors).toEqual({})
    const accessTokens = Object.values(answers?.tokens ?? {}).flat()
    expect(accessTokens).toHaveLength(10)
    await b?.getAs(users)
    const [user = { sub: '', email: '' }] = users
    await b?.forget(user.sub)
    // One that is under way holds a lease. In the same process: the other one may hear of the logout a second later.
    fleet.sandbox.faults.hang({ on: 'token' })
    const underWay = b?.getAs([user])
    await expect.poll(() => fleet.exchanges(user.sub)).toBe(2)

    const dump = await dumpOf(fleet)
    expect(dump.length).toBeGreaterThanOrEqual(10)
    const secrets = [
      ...accessTokens,
      ...users.flatMap(({ sub, email, claims }) => [sub, email, claims.department]),
      fleet.sandbox.env.TESOURO_CLIENT_SECRET ?? '',
      fleet.sandbox.env.TESOURO_CLIENT_ID ?? '',
    ]
    const all = dump.map(({ key, content }) => `${key}\n${content}`).join('\n')
    for (const secret of secrets) for (const form of formsOf(secret)) expect(all).not.toContain(form)
    const lives: { readonly [kind: string]: number } = {
      token: lifetimeSeconds * 1_000,
      person: lifetimeSeconds * 1_000,
      forgotten: 60_000,
    }
    for (const { key, type, ttlMs } of dump) {
      expect(ttlMs, `${type} ${key}`).toBeGreaterThan(0)
      // A person's record lives as long as the longest of their values, or ten minutes; what else there is, ten minutes.
      const [, , kind = ''] = key.split(':')
      expect(ttlMs, `${type} ${key}`).toBeLessThanOrEqual(lives[kind] ?? 600_000)
    }
    const kinds = dump.map(({ key }) => key.split(':')[2])
    expect(kinds).toEqual(expect.arrayContaining(['token', 'person', 'lease', 'forgotten']))
    const tokens = dump.filter(({ key }) => key.includes(':token:'))
    expect(tokens).toHaveLength(9)
    for (const { content } of tokens) expect(content.split('.'), 'a JWE').toHaveLength(5)
    await b?.forget(user.sub)
    expect(await underWay).toMatchObject({ errors: { user_forgotten: 1 } })
  })
})

async function dumpOf({
  redis,
}: Fleet): Promise<{ key: string; type: string; content: string; ttlMs: number }[]> {
  const read: { [type: string]: string[] } = {
    string: ['GET'],
    hash: ['HGETALL'],
    set: ['SMEMBERS'],
    zset: ['ZRANGE', '0', '-1'],
  }
  const keys = (await redis.command('KEYS', '*')).split('\n').filter(Boolean)
  const entries = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.command('TYPE', key)
      const [name = '', ...rest] = read[type] ?? ['DUMP']
      const content = await redis.command(name, key, ...rest)
      return { key, type, content, ttlMs: Number(await redis.command('PTTL', key)) }
    }),
  )
  // What ended between the list and the look at it is gone (-2); what would never end is told (-1).
  return entries.filter(({ ttlMs }) => ttlMs !== -2)
}

/** A text as it is, and as it reads in hex, in base64 (which has three looks), and in a URL. */
function formsOf(text: string): string[] {
  const base64 = [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    const whole = [Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6)] as const
    return [bytes.toString('base64').slice(...whole), bytes.toString('base64url').slice(...whole)]
  })
  const hex = Buffer.from(text).toString('hex')
  return [text, encodeURIComponent(text), hex, hex.toUpperCase(), ...base64]
}
