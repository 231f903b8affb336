import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answers, FleetProcess } from '../src/fleet-process.js'
import { type Fleet, openFleet, subs } from '../src/open-fleet.js'

const tokensOf = (answers: Answers[], sub: string): Set<string> =>
  new Set(answers.flatMap(({ tokens }) => tokens[sub] ?? []))
const errorsOf = (answers: Answers[]): { [code: string]: number } => {
  const sum: { [code: string]: number } = {}
  for (const { errors } of answers) {
    for (const [code, count] of Object.entries(errors)) sum[code] = (sum[code] ?? 0) + count
  }
  return sum
}

describe.skipIf(redisIsMissing()).each(['redis', 'ioredis'] as const)(
  'four processes over one Redis, by %s',
  (client) => {
    let fleet: Fleet
    let processes: FleetProcess[]

    beforeEach(async () => {
      fleet = await openFleet({ client })
      processes = await fleet.startMany(4)
    })
    afterEach(() => fleet[Symbol.asyncDispose]())

    const everywhere = (users: string[], callers: number): Promise<Answers[]> =>
      Promise.all(processes.map((process) => process.get(users, callers)))

    it('4 × 250 cold callers of one user do not exchange more than once', async () => {
      fleet.sandbox.faults.slow(300)
      const answers = await everywhere(['user-1'], 250)
      expect(errorsOf(answers)).toEqual({})
      expect(tokensOf(answers, 'user-1').size).toBe(1)
      expect(fleet.exchanges()).toBe(1)
    })

    it('4 × 100 users × 10 callers do not exchange more than once for each user', async () => {
      const users = subs(100)
      const answers = await everywhere(users, 10)
      expect(errorsOf(answers)).toEqual({})
      for (const sub of users) expect(tokensOf(answers, sub).size).toBe(1)
      expect(fleet.exchanges()).toBe(100)
    })

    it('an owner that is killed in the middle of the exchange leaves nobody without an answer', async () => {
      const [owner, ...others] = processes
      if (owner === undefined) throw new Error('there is no process')
      const hanging = fleet.sandbox.faults.hang({ on: 'token' })
      const lost = owner.get(['user-1']).catch((error: Error) => error.message)
      await expect.poll(() => fleet.exchanges('user-1')).toBe(1)
      const waiting = Promise.all(others.map((process) => process.get(['user-1'], 250)))
      hanging()
      await owner.kill()
      expect(await lost).toBe('the process has ended')
      const answers = await waiting
      expect(errorsOf(answers)).toEqual({})
      expect(tokensOf(answers, 'user-1').size).toBe(1)
      expect(fleet.exchanges()).toBeLessThanOrEqual(2)
    })

    it('4 × 250 callers of a refused user do not cost more than one request', async () => {
      fleet.sandbox.disableUser('user-1')
      fleet.sandbox.faults.slow(300)
      const answers = await everywhere(['user-1'], 250)
      expect(errorsOf(answers)).toEqual({ token_endpoint: 1_000 })
      expect(fleet.exchanges()).toBe(1)
    })

    it('a token that cannot be kept does not cost more than one request in each process', async () => {
      fleet.sandbox.faults.slow(300)
      fleet.sandbox.faults.answer({
        body: JSON.stringify({
          access_token: 'no-life-told',
          token_type: 'Bearer',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        }),
      })
      const answers = await everywhere(['user-1'], 250)
      expect(errorsOf(answers)).toEqual({})
      expect(fleet.sandbox.stats().total).toBeLessThanOrEqual(4)
    })

    it('a rolling restart fails no call and exchanges for nobody again', async () => {
      const users = subs(20)
      await everywhere(users, 1)
      const before = fleet.exchanges()
      let restarting = true
      const load = async (): Promise<Answers[]> => {
        const answers: Answers[] = []
        for (let turn = 0; restarting; turn += 1) {
          const process = processes[turn % processes.length]
          if (process !== undefined) answers.push(await process.get(users))
        }
        return answers
      }
      const answered = load()
      for (const index of processes.keys()) {
        const fresh = await fleet.start()
        const [old] = processes.splice(index, 1, fresh)
        await old?.[Symbol.asyncDispose]()
      }
      restarting = false
      expect(errorsOf(await answered)).toEqual({})
      expect(fleet.exchanges()).toBe(before)
    })
  },
)
