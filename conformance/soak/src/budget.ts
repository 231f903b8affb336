import { type Answers, openFleet } from '@tesouro-tokens/fleet'
import { type Arrivals, arrivalsAt } from './arrivals.js'
import { atRate } from './at-rate.js'
import type { Figure } from './figure.js'
import { say } from './progress.js'
import type { Proof, Scale } from './proof.js'

/** What the platform documents for each client id. */
const limitPerSecond = 30

export interface BudgetRun {
  calls: number
  served: number
  /** Calls that ended with anything but a token or RateLimitedError. */
  failed: number
  slowestMs: number
  /** From the first call to the last answer. */
  lastedMs: number
  arrivals: Arrivals
}

export const budget: Proof = {
  name: 'budget',
  title:
    'New users at more than three times the rate that the platform allows; four processes with one budget',
  needsRedis: true,
  async run({ budget: load }) {
    say(`${load.users} users at ${load.perSecond} a second, callMs of 120 s`)
    const patient = await flood(load, { callMs: 120_000 })
    say('the same with the default time limits')
    const usual = await flood(load, {})
    return judgeBudget({ users: load.users, patient, usual })
  },
}

/** Each of the users is somebody else, and calls once. */
async function flood(
  { users, perSecond, processes: count }: Scale['budget'],
  timeouts: object,
): Promise<BudgetRun> {
  const arrivals = arrivalsAt()
  await using fleet = await openFleet({ rateLimit: limitPerSecond, log: arrivals.log })
  const processes = await fleet.startMany(count, { sharesBudget: true, options: { timeouts } })
  // What runs for the first time runs slowly, and what is slow arrives in bunches.
  for (const [index, process] of processes.entries()) {
    await process.get(Array.from({ length: 5 }, (_, n) => `first-${index}-${n}`))
  }

  arrivals.forget()
  const startedAt = performance.now()
  const answers = await atRate({ count: users, perSecond }, async (index) => {
    const answer = await processes[index % count]?.get([`user-${index}`])
    if (answer === undefined) throw new Error('there is no process')
    return answer
  })
  const lastedMs = performance.now() - startedAt
  const endedWith = (code: string): number => answers.filter(({ errors }) => code in errors).length
  const served = answers.filter(isServed).length
  return {
    calls: answers.length,
    served,
    failed: answers.length - served - endedWith('rate_limited'),
    slowestMs: Math.max(...answers.map(({ slowestMs }) => slowestMs)),
    lastedMs,
    arrivals: arrivals.sum(),
  }
}

function isServed({ tokens }: Answers): boolean {
  return Object.keys(tokens).length > 0
}

export function judgeBudget({
  users,
  patient,
  usual,
}: {
  users: number
  patient: BudgetRun
  usual: BudgetRun
}): Figure[] {
  return [
    { name: 'served, with callMs of 120 s', measured: patient.served, wanted: { atLeast: users } },
    { name: '… within', measured: patient.lastedMs / 1_000, unit: 's', wanted: { atMost: 125 } },
    {
      name: '… requests a second while there is a queue',
      measured: patient.arrivals.perSecond,
      wanted: { atLeast: 24 },
    },
    { name: '… in the slowest ten seconds of it', measured: patient.arrivals.leastInTenSeconds / 10 },
    { name: '… in the busiest second', measured: patient.arrivals.mostInOneSecond },
    {
      name: '… of the requests answered 429',
      measured: patient.arrivals.refusedShare * 100,
      unit: '%',
      wanted: { atMost: 1 },
    },
    { name: 'served, with the default time limits', measured: usual.served },
    { name: '… RateLimitedError', measured: usual.calls - usual.served - usual.failed },
    { name: '… ended with something else', measured: usual.failed, wanted: { atMost: 0 } },
    { name: '… the slowest call', measured: usual.slowestMs / 1_000, unit: 's', wanted: { atMost: 20.5 } },
    {
      name: '… requests in the busiest second',
      measured: usual.arrivals.mostInOneSecond,
      wanted: { atMost: 30 },
    },
    { name: '… of the requests answered 429', measured: usual.arrivals.refusedShare * 100, unit: '%' },
  ]
}
