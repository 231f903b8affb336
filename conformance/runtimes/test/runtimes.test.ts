import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from '../src/packed.js'
import { processRuntime } from '../src/process-runtime.js'
import { type Outcome, runtimeSteps } from '../src/runtime.js'
import { toTable } from '../src/table.js'
import { workerRuntime, workers } from '../src/worker-runtime.js'

// What is here anyway. `npm run runtimes` has the other versions of Node, Bun and Deno.

const noRedis = redisIsMissing()
let folder = ''
let programs = ''
let redis: RedisServer | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tesouro-runtimes-'))
  programs = await installPacked(folder)
  if (!noRedis) redis = await startRedis()
})
afterAll(async () => {
  await redis?.stop()
  await rm(folder, { recursive: true, force: true })
})

const failures = ({ runtime, results }: Outcome): string[] =>
  results.flatMap(({ step, failed }) => (failed === undefined ? [] : [`${runtime}, ${step}: ${failed}`]))
const stepsOf = ({ results }: Outcome): string[] => results.map(({ step }) => step)

test('the packed packages do not run on this Node, or keep its process from ending', async () => {
  const here = {
    name: 'Node',
    file: process.execPath,
    args: ['--unhandled-rejections=strict'],
    more: ['threads.mjs'],
  }
  const [outcome] = await processRuntime(here).run(programs, { redisUrl: redis?.url })
  if (outcome === undefined) throw new Error('nothing was run')
  expect(failures(outcome)).toEqual([])
  expect(stepsOf(outcome)).toEqual(
    expect.arrayContaining(['gateway', 'refresh', 'logout', 'close', 'sandbox']),
  )
  expect(toTable(runtimeSteps, [outcome])).toContain('in the background')
})

test('the packed core does not run in workers, of whatever compatibility date, with or without nodejs_compat', async () => {
  const outcomes = await workerRuntime(workers).run(programs, {})
  expect(outcomes.flatMap(failures)).toEqual([])
  expect(outcomes).toHaveLength(6)
  for (const outcome of outcomes) {
    expect(stepsOf(outcome)).toEqual(expect.arrayContaining(['gateway', 'refresh', 'logout', 'close']))
  }
})
