import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figure.js'
import { say } from './progress.js'
import type { Proof } from './proof.js'

const home = fileURLToPath(new URL('../../foreign/', import.meta.url))

/** What a parser of foreign input was given, and the input that it could not stand. */
export interface Fuzzed {
  name: string
  inputs: number
  failure?: string
}

/** What other implementations made of our tokens, and the sandbox of theirs. */
export interface ForeignRun {
  passed: number
  failed: number
}

export const fuzz: Proof = {
  name: 'fuzz',
  title:
    'Foreign input drawn at random, for every parser of it; what is not stood is printed in its smallest form',
  needsRedis: false,
  isOnRequest: true,
  async run({ fuzz: { seconds } }) {
    return withFolder(async (folder) => {
      const report = join(folder, 'fuzz.json')
      await vitest('test/fuzz.test.ts', { FUZZ_SECONDS: `${seconds}`, FUZZ_REPORT: report })
      return judgeFuzz(JSON.parse(await readFile(report, 'utf8')))
    })
  },
}

export const foreign: Proof = {
  name: 'foreign',
  title: 'Widget tokens that other implementations of JOSE open, and theirs that the sandbox opens',
  needsRedis: false,
  isOnRequest: true,
  async run({ foreign: { tokens } }) {
    return withFolder(async (folder) => {
      const report = join(folder, 'foreign.json')
      await vitest('test/widget-tokens.test.ts', { FOREIGN_TOKENS: `${tokens}` }, report)
      const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8'))
      return judgeForeign({ passed: numPassedTests, failed: numFailedTests })
    })
  },
}

/** Runs a test file from sources. */
async function vitest(file: string, env: { [name: string]: string }, json?: string): Promise<void> {
  const report = json === undefined ? [] : ['--reporter=json', `--outputFile=${json}`]
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', file, ...report], {
    cwd: home,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.on('data', (text) => say(String(text).trimEnd()))
  await new Promise((resolve) => child.on('close', resolve))
}

async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-foreign-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export function judgeFuzz(fuzzed: readonly Fuzzed[]): Figure[] {
  const failed = fuzzed.filter(({ failure }) => failure !== undefined)
  return [
    { name: 'parsers', measured: fuzzed.length, wanted: { atLeast: 9 } },
    { name: '… that did not stand an input', measured: failed.length, wanted: { atMost: 0 } },
    ...fuzzed.map(({ name, inputs }) => ({
      name: `inputs for ${name}`,
      measured: inputs,
      wanted: { atLeast: 1 },
    })),
  ]
}

export function judgeForeign({ passed, failed }: ForeignRun): Figure[] {
  return [
    { name: 'ways in which tokens were exchanged', measured: passed, wanted: { atLeast: 1 } },
    { name: '… in which one was not opened', measured: failed, wanted: { atMost: 0 } },
  ]
}
