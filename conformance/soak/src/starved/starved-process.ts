// Opens a fleet on one processor, together with what keeps that processor busy, so that whatever is started here starves.
import { execFileSync, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { openFleet, subs } from '@tesouro-tokens/fleet'
import { beApart } from '../apart.js'
import { arrivalsAt } from '../arrivals.js'

export interface StarvedInput {
  client: 'redis' | 'ioredis'
  users: number
  /** For each user, in each process. */
  callers: number
  /** What happens in the middle of the calls. */
  trouble: 'none' | 'a process stands still' | 'Redis is killed'
  /** For how long a process stands still, and after which time everybody has to be served again, in milliseconds. */
  standsStillMs: number
  servedAgainAfterMs: number
}

export interface StarvedRun {
  /** Processors that it could use: 1, or nothing starved. */
  processors: number
  calls: number
  errors: { [code: string]: number }
  /** Calls whose error did not say that they may be made again. */
  failedForGood: number
  exchanges: number
  breakerOpened: number
  slowestMs: number
  refusedShare: number
  mostInOneSecond: number
  /** Calls that failed when it was long over. */
  failedAfterwards: number
}

const processes = 4
/** What the platform documents for each client id. */
const limitPerSecond = 30
const busyLoops = 2

await beApart<StarvedInput, StarvedRun>(async (input, say) => {
  const { client, users, callers, trouble } = input
  onOneProcessor(say)
  const arrivals = arrivalsAt()
  await using fleet = await openFleet({ client, rateLimit: limitPerSecond, log: arrivals.log })
  const started = await fleet.startMany(processes, { sharesBudget: true, options: {} })
  const before = fleet.exchanges()
  const loops = Array.from({ length: busyLoops }, () => spawn(process.execPath, ['-e', 'for (;;);']))
  try {
    const calls = started.map((process) => process.get(subs(users), callers))
    if (trouble !== 'none') await until(() => fleet.exchanges() - before >= users / 10)
    if (trouble === 'Redis is killed') await fleet.redis.kill()
    if (trouble === 'a process stands still') await started[0]?.standStill(input.standsStillMs)
    const answers = await Promise.all(calls)
    const events = (await Promise.all(started.map((process) => process.events()))).flat()
    const { refusedShare, mostInOneSecond } = arrivals.sum()
    const exchanges = fleet.exchanges() - before
    let failedAfterwards = 0
    if (trouble === 'Redis is killed') {
      await new Promise((resolve) => setTimeout(resolve, input.servedAgainAfterMs))
      const again = await Promise.all(started.map((process) => process.get(subs(users))))
      failedAfterwards = again.flatMap(({ errors }) => Object.values(errors)).reduce((sum, n) => sum + n, 0)
    }
    return {
      processors: availableParallelism(),
      calls: processes * users * callers,
      errors: summed(answers.map(({ errors }) => errors)),
      failedForGood: answers.reduce((sum, answer) => sum + answer.failedForGood, 0),
      exchanges,
      breakerOpened: events.filter((event) => event.type === 'cache_guard' && event.state === 'open').length,
      slowestMs: Math.max(...answers.map(({ slowestMs }) => slowestMs)),
      refusedShare,
      mostInOneSecond,
      failedAfterwards,
    }
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
})

/** Whatever is started from now on inherits it. */
function onOneProcessor(say: (text: string) => void): void {
  try {
    execFileSync('taskset', ['-acp', '0', `${process.pid}`], { stdio: 'ignore' })
  } catch {
    say('there is no taskset here: all processors are used')
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function summed(counts: readonly { [code: string]: number }[]): { [code: string]: number } {
  const sum: { [code: string]: number } = {}
  for (const [code, count] of counts.flatMap((each) => Object.entries(each))) {
    sum[code] = (sum[code] ?? 0) + count
  }
  return sum
}
