import { startRedis } from '@tesouro-tokens/conformance/redis'
import { runApart } from '../apart.js'
import type { Figure } from '../figure.js'
import { say } from '../progress.js'
import type { Proof, Scale } from '../proof.js'
import type { MemoryInput, MemoryRun } from './memory-process.js'

const program = new URL('./memory-process.js', import.meta.url)

/**
 * By how much the heap may grow after the first fifth of the calls, in which everybody was there once: tables that
 * double now and then still take some megabytes. Of 130 MB it lets 13 pass; 50 bytes that stay of each call come to 40.
 */
const growthPercent = 10
/** … and after three fifths, when nothing has to grow any more: it lets 4 MB pass, where 50 bytes come to 20. */
const lateGrowthPercent = 3

export const memory: Proof = {
  name: 'memory',
  title: 'The heap of a process through a million calls, for twice as many users as its memory holds',
  needsRedis: true,
  async run({ memory: load }) {
    await using redis = await startRedis()
    const [layered, alone] = await Promise.all([run({ ...load, redisUrl: redis.url }), run(load)])
    return [
      ...judgeMemory('memory in front of Redis', load, layered),
      ...judgeMemory('memory alone', load, alone),
    ]
  },
}

function run(input: MemoryInput): Promise<MemoryRun> {
  return runApart<MemoryRun>(program, input, { execArgv: ['--expose-gc'], onSaid: say })
}

export function judgeMemory(
  name: string,
  { calls, maxEntries }: Scale['memory'],
  { heaps, entries, exchanges }: MemoryRun,
): Figure[] {
  const [first = Number.NaN, , middle = Number.NaN] = heaps
  const last = heaps.at(-1) ?? Number.NaN
  const over = (earlier: number): number => ((last - earlier) / earlier) * 100
  return [
    ...heaps.map((heap, index) => ({
      name: `${name}, heap after ${((calls / heaps.length) * (index + 1)).toLocaleString('en-US')} calls`,
      measured: heap / 1e6,
      unit: 'MB',
    })),
    {
      name: '… the last over the first',
      measured: over(first),
      unit: '%',
      wanted: { atMost: growthPercent },
    },
    {
      name: '… the last over the middle',
      measured: over(middle),
      unit: '%',
      wanted: { atMost: lateGrowthPercent },
    },
    { name: '… tokens held', measured: entries, wanted: { atMost: maxEntries } },
    { name: '… exchanges', measured: exchanges },
  ]
}
