import { runApart } from '../apart.js'
import type { Figure } from '../figure.js'
import { say } from '../progress.js'
import type { Proof } from '../proof.js'
import type { StarvedInput, StarvedRun } from './starved-process.js'

const program = new URL('./starved-process.js', import.meta.url)
const troubles = ['none', 'a process stands still', 'Redis is killed'] as const
/** The default of `timeouts.callMs` counts time in which the process ran: on a starved machine some four times as long. */
const longestCallMs = 4 * 20_000

export const starved: Proof = {
  name: 'starved',
  title: 'Cold calls on one processor: four processes, Redis, the platform and two busy loops',
  needsRedis: true,
  async run({ clients, starved: load }) {
    const figures: Figure[] = []
    for (const client of clients) {
      for (const trouble of troubles) {
        say(`${client}: ${4 * load.users * load.callers} calls for ${load.users} users, trouble: ${trouble}`)
        const input: StarvedInput = { ...load, client, trouble }
        figures.push(...judgeStarved(input, await runApart<StarvedRun>(program, input, { onSaid: say })))
      }
    }
    return figures
  },
}

export function judgeStarved({ client, trouble, users }: StarvedInput, run: StarvedRun): Figure[] {
  const failed = Object.values(run.errors).reduce((sum, count) => sum + count, 0)
  const healthy: Figure[] = [
    { name: '… failed', measured: failed, wanted: { atMost: 0 } },
    { name: '… exchanges', measured: run.exchanges, wanted: { atMost: Math.floor(users * 1.1) } },
    { name: '… circuit breakers opened', measured: run.breakerOpened, wanted: { atMost: 0 } },
    { name: '… answered 429', measured: run.refusedShare * 100, unit: '%' },
  ]
  const withoutRedis: Figure[] = [
    { name: '… failed for good', measured: run.failedForGood, wanted: { atMost: 0 } },
    { name: '… failed for now', measured: failed - run.failedForGood },
    { name: '… exchanges', measured: run.exchanges },
    { name: '… answered 429', measured: run.refusedShare * 100, unit: '%', wanted: { atMost: 2 } },
    { name: '… failed when it was long over', measured: run.failedAfterwards, wanted: { atMost: 0 } },
  ]
  const slowest: Figure = { name: '… the slowest call', measured: run.slowestMs / 1_000, unit: 's' }
  const isKilled = trouble === 'Redis is killed'
  return [
    { name: `${client}, ${trouble === 'none' ? 'nothing else' : trouble}: calls`, measured: run.calls },
    { name: '… processors for all of it', measured: run.processors, wanted: { atMost: 1 } },
    ...(isKilled ? withoutRedis : healthy),
    { name: '… requests in the busiest second', measured: run.mostInOneSecond },
    isKilled ? { ...slowest, wanted: { atMost: longestCallMs / 1_000 } } : slowest,
  ]
}
