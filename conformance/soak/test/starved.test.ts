import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { describe, expect, test } from 'vitest'
import { runApart } from '../src/apart.js'
import { isMet } from '../src/figure.js'
import { judgeStarved } from '../src/starved/starved.js'
import type { StarvedInput, StarvedRun } from '../src/starved/starved-process.js'

// The program that `npm run soak` starts, as it is built, with a tenth of its users and with the numbers that it is held to.
const program = new URL('../dist/starved/starved-process.js', import.meta.url)
const load = { users: 10, callers: 10, standsStillMs: 3_000, servedAgainAfterMs: 0 }

// Only Linux holds a process to one processor. A Linux without taskset misses a figure.
describe.skipIf(redisIsMissing() || process.platform !== 'linux')(
  'a fleet on one processor takes its own slowness for that of Redis: calls fail, or each process exchanges for itself',
  () => {
    test.each<Pick<StarvedInput, 'client' | 'trouble'>>([
      { client: 'redis', trouble: 'none' },
      { client: 'redis', trouble: 'a process stands still' },
      { client: 'ioredis', trouble: 'none' },
      { client: 'ioredis', trouble: 'a process stands still' },
    ])('$client, trouble: $trouble', async (situation) => {
      const input: StarvedInput = { ...load, ...situation }
      const said: string[] = []
      const run = await runApart<StarvedRun>(program, input, { onSaid: (text) => said.push(text) })
      const missed = judgeStarved(input, run).filter((figure) => !isMet(figure))
      expect({ missed, errors: run.errors, said }).toEqual({ missed: [], errors: {}, said: [] })
    })
  },
)
