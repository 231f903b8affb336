import type { Day } from '@tesouro-tokens/conformance/day'
import { runApart } from '../apart.js'
import type { Figure } from '../figure.js'
import { say } from '../progress.js'
import type { Proof } from '../proof.js'
import type { DayInput } from './day-process.js'

const program = new URL('./day-process.js', import.meta.url)
/** Fixed, so that the same day is lived through each time. */
const seed = 11

export interface Days {
  fleet: Day
  alone: Day
  atExpiry: Day
}

export const day: Proof = {
  name: 'day',
  title: 'A day of a partner’s users: 8 processes, each restarted once, beside one that never is',
  needsRedis: false,
  run: async ({ day: { users } }) => judgeDay(await liveThrough(users)),
}

/** At once, each in a process of its own: they share nothing but the day. */
async function liveThrough(users: number): Promise<Days> {
  const as = (life: DayInput['life']): Promise<Day> => {
    const input: DayInput = { life, users, seed }
    // Most of what a call allocates is gone a moment later; with more room for it, less is carried along.
    const execArgv = ['--max-semi-space-size=64', '--max-old-space-size=6144']
    return runApart<Day>(program, input, { execArgv, onSaid: say })
  }
  const [fleet, alone, atExpiry] = await Promise.all([as('fleet'), as('alone'), as('atExpiry')])
  return { fleet, alone, atExpiry }
}

export function judgeDay({ fleet, alone, atExpiry }: Days): Figure[] {
  return [
    { name: 'calls of the fleet', measured: fleet.calls },
    {
      name: 'calls that the one process had more, or fewer',
      measured: Math.abs(fleet.calls - alone.calls),
      wanted: { atMost: 0 },
    },
    { name: 'logouts', measured: fleet.logouts },
    { name: 'exchanges of the fleet', measured: fleet.exchanges },
    { name: 'exchanges of one process that never restarts', measured: alone.exchanges },
    { name: 'exchanges when refreshing only at expiry', measured: atExpiry.exchanges },
    {
      name: 'fleet : one process',
      measured: fleet.exchanges / alone.exchanges,
      unit: '×',
      wanted: { atMost: 1.02 },
    },
    { name: 'fleet : only at expiry', measured: fleet.exchanges / atExpiry.exchanges, unit: '×' },
    { name: 'exchanges in the busiest second', measured: fleet.mostInOneSecond, wanted: { atMost: 25 } },
    { name: '… when refreshing only at expiry', measured: atExpiry.mostInOneSecond },
    { name: 'calls served an expired token', measured: fleet.expiredServed, wanted: { atMost: 0 } },
    { name: 'calls served another user’s token', measured: fleet.foreignServed, wanted: { atMost: 0 } },
  ]
}
