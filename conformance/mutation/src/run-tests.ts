import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Files that a row links although they are no tests: suites and helpers, and a test that runs each. */
const runBy: Readonly<Record<string, string>> = {
  'conformance/src/adapter.ts': 'conformance/test/fetch-endpoint.test.ts',
  'conformance/src/adapter/answers.ts': 'conformance/test/fetch-endpoint.test.ts',
  'conformance/src/cache.ts': 'packages/core/test/cache/memory-token-cache.test.ts',
  'conformance/src/cache/forgetting.ts': 'packages/redis/test/ioredis.test.ts',
  'conformance/src/cache/leases.ts': 'packages/redis/test/ioredis.test.ts',
  'examples/demo/test/walks/refused.ts': 'examples/demo/test/express.test.ts',
}

/** The test that runs a linked file. */
export function testOf(link: string): string {
  return runBy[link] ?? link
}

/** What came of a test file: `broken` where it could not be run. */
export type Outcome = 'green' | 'red' | 'broken'

/**
 * Runs test files of a copy, and tells of each. What vitest printed is passed on where a file is broken. With `limitMs`, a
 * file that has not ended by then is red: what never ends is not green, and a loop can keep vitest's own limit from acting.
 */
export async function runTests(
  copy: string,
  tests: readonly string[],
  limitMs?: number,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  for (const [home, files] of byPackage(copy, tests)) {
    const report = join(copy, 'report.json')
    rmSync(report, { force: true })
    const { printed, isLate } = await vitest(copy, home, files, { report, limitMs })
    const results = existsSync(report) ? testResults(readFileSync(report, 'utf8')) : []
    for (const file of files) {
      const result = results.find(({ name }) => name === join(copy, file))
      const outcome = isLate ? 'red' : outcomeOf(result)
      if (outcome === 'broken') console.error(printed.slice(-4_000))
      outcomes.set(file, outcome)
    }
  }
  return outcomes
}

/** Test files by the folder of their package. */
function byPackage(copy: string, tests: readonly string[]): Map<string, string[]> {
  const homes = new Map<string, string[]>()
  for (const test of new Set(tests)) {
    let home = dirname(test)
    while (!existsSync(join(copy, home, 'package.json'))) home = dirname(home)
    const project = test.startsWith('conformance/test/packages/') ? `${home}#packages` : home
    homes.set(project, [...(homes.get(project) ?? []), test])
  }
  return homes
}

/** Core's tests run on the path that Node takes; conformance has tests that pack every package first. */
function projectOf(home: string): string[] {
  if (home === 'packages/core') return ['--project=node', '--project=alone']
  if (home === 'conformance') return ['--project=suites']
  return home === 'conformance#packages' ? ['--project=packages'] : []
}

async function vitest(
  copy: string,
  home: string,
  tests: readonly string[],
  { report, limitMs }: { report: string; limitMs: number | undefined },
): Promise<{ printed: string; isLate: boolean }> {
  const [folder = ''] = home.split('#')
  const files = tests.map((test) => relative(folder, test))
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, ...projectOf(home)]
  const options = ['--reporter=json', `--outputFile=${report}`, '--coverage.enabled=false', '--retry=0']
  // A group of its own, so that nothing that it started outlives it.
  const child = spawn(process.execPath, [...args, ...options], {
    cwd: join(copy, folder),
    env: { ...process.env, RACES_ORDERS: '120' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  // Before the copy is taken away, into which it still writes.
  process.prependOnceListener('exit', kill)
  let isLate = false
  const onLate = (): void => {
    isLate = true
    kill()
  }
  const timer = limitMs === undefined ? undefined : setTimeout(onLate, limitMs)
  const parts: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  clearTimeout(timer)
  process.off('exit', kill)
  return { printed: Buffer.concat(parts).toString(), isLate }
}

/** What vitest's JSON reporter writes, as far as it is read. */
interface VitestReport {
  success: boolean
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[]
}

interface FileResult {
  name: string
  ran: number
  failed: number
}

function outcomeOf(result: FileResult | undefined): Outcome {
  if (result === undefined || result.ran === 0) return 'broken'
  return result.failed > 0 ? 'red' : 'green'
}

/** By hand, because a hook that fails fails the file and none of its tests. */
function testResults(json: string): FileResult[] {
  const { success, testResults }: VitestReport = JSON.parse(json)
  return testResults.map(({ name, status, assertionResults }, _, { length }) => {
    const ran = assertionResults.filter((one) => one.status === 'passed' || one.status === 'failed')
    const failed = ran.filter((one) => one.status === 'failed').length
    // A rejection that nobody handled fails the run and no test: which file's it was is clear where there is one.
    const isFailed = status === 'failed' || (length === 1 && !success)
    return { name, ran: ran.length, failed: Math.max(failed, isFailed ? 1 : 0) }
  })
}
