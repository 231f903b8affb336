import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Figure, isMet } from '../src/figure.js'

// What is built is run as `npm run soak` runs it. No number of it is looked at: it is far too little for that.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const proofs = redisIsMissing()
  ? ['day', 'races', 'fuzz']
  : ['day', 'outage', 'budget', 'memory', 'logout', 'starved', 'scripts', 'races', 'fuzz']

interface Run {
  code: number
  printed: string
  told: string
}

function soak(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { env }, (_, printed, told) => {
      resolve({ code: child.exitCode ?? -1, printed, told })
    })
  })
}

let folder: string
let run: Run
let results: { [proof: string]: Figure[] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tesouro-soak-'))
  const json = join(folder, 'results.json')
  run = await soak(['--smoke', '--json', json, ...proofs])
  results = JSON.parse(await readFile(json, 'utf8').catch(() => Promise.reject(new Error(run.told))))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a proof no longer runs, or wants nothing', () => {
  expect(Object.keys(results)).toEqual(proofs)
  for (const [proof, figures] of Object.entries(results)) {
    expect(figures.filter(({ wanted }) => wanted !== undefined).length, proof).toBeGreaterThan(0)
  }
})

test('a number was not measured', () => {
  // The slowest ten seconds of a run that does not last as long are none.
  const measured = Object.values(results)
    .flat()
    .filter(({ name }) => name !== '… in the slowest ten seconds of it')
  expect(measured.filter((figure) => !Number.isFinite(figure.measured))).toEqual([])
})

test('the terminal does not show what was measured', () => {
  for (const { name } of Object.values(results).flat()) expect(run.printed).toContain(`| ${name} `)
})

test('the program ends well although a wanted number is missed, or badly although none is', () => {
  expect(run.code).toBe(Object.values(results).flat().every(isMet) ? 0 : 1)
})

test('a proof that there is not, and one that there is no Redis for, are left out without a word', async () => {
  const misspelt = await soak(['outrage'])
  expect(misspelt).toMatchObject({ code: 1, told: expect.stringContaining('outage') })
  const withoutRedis = await soak(['--smoke', 'outage'], { ...process.env, PATH: folder })
  expect(withoutRedis).toMatchObject({ code: 1, told: expect.stringContaining('redis-server') })
})
