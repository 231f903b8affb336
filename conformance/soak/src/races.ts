import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figure.js'
import { say } from './progress.js'
import type { Proof } from './proof.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** How far the explorer of core had come at some time. */
export interface RacesProgress {
  seconds: number
  orders: number
  perSecond: number
  states: number
  /** Orders that broke a rule. */
  broken: number
}

/** What the explorer of Redis's scripts came to. */
export interface ScriptsRun {
  orders: number
  perSecond: number
  broken: number
}

export const races: Proof = {
  name: 'races',
  title: 'Orders of events on core, drawn at random; what breaks a rule is printed in its smallest form',
  needsRedis: false,
  isOnRequest: true,
  async run({ races: { seconds } }) {
    return judgeRaces(await explore<RacesProgress[]>('packages/core/test/races/main.ts', seconds))
  },
}

export const scripts: Proof = {
  name: 'scripts',
  title: 'Orders of the scripts of two processes on one Redis, each answer compared with a model',
  needsRedis: true,
  async run({ scripts: { seconds } }) {
    return judgeScripts(await explore<ScriptsRun>('packages/redis/test/races/main.ts', seconds))
  },
}

/** Runs an explorer from its sources, with seeds that no run has had. */
async function explore<Result>(program: string, seconds: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-races-'))
  const json = join(folder, 'result.json')
  const seed = Math.floor(Date.now() / 1_000) % 1_000_000_000
  const args = ['--seed', `${seed}`, '--seconds', `${seconds}`, '--json', json]
  const strict = '--unhandled-rejections=strict'
  try {
    const child = spawn(process.execPath, [strict, 'scripts/run-sources.mjs', program, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.on('data', (text) => say(String(text).trimEnd()))
    await new Promise((resolve) => child.on('close', resolve))
    return JSON.parse(await readFile(json, 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

export function judgeRaces(told: readonly RacesProgress[]): Figure[] {
  const last = told.at(-1)
  return [
    { name: 'orders', measured: last?.orders ?? Number.NaN, wanted: { atLeast: 1 } },
    { name: '… that broke a rule', measured: last?.broken ?? Number.NaN, wanted: { atMost: 0 } },
    ...told.flatMap(({ seconds, perSecond, states }) => [
      { name: `… a second, after ${Math.round(seconds)} s`, measured: perSecond },
      { name: `… distinct states, after ${Math.round(seconds)} s`, measured: states },
    ]),
  ]
}

export function judgeScripts({ orders, perSecond, broken }: ScriptsRun): Figure[] {
  return [
    { name: 'orders of scripts', measured: orders, wanted: { atLeast: 1 } },
    { name: '… a second', measured: perSecond },
    { name: '… that went otherwise than the model', measured: broken, wanted: { atMost: 0 } },
  ]
}
