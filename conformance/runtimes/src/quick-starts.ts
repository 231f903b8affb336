import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './process-runtime.js'
import type { Result, Runtime } from './runtime.js'

const conformance = fileURLToPath(new URL('../..', import.meta.url))

/** What a newcomer does, by the tests that do it; each file is a column of the table. */
const files: Readonly<Record<string, string>> = {
  'Express, Nest': 'readme-programs',
  Next: 'readme-next',
  'Jest, vitest, node --test': 'commonjs',
  'printed tests': 'printed-tests',
}

export const quickStartSteps: readonly string[] = Object.keys(files)

/** What the READMEs print, in packages as `npm init -y` makes them, by that Node and its npm. */
export function quickStarts(node: Command): Runtime {
  return {
    name: node.name,
    async run(programs) {
      const report = join(programs, `quick-starts-${node.name.replaceAll(/\W/g, '-')}.json`)
      const patterns = Object.values(files).map((file) => `test/packages/${file}.test.ts`)
      const vitest = join(
        dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
        'vitest.mjs',
      )
      const options = ['--project=packages', '--reporter=json', `--outputFile=${report}`]
      const child = spawn(node.file, [vitest, 'run', ...options, ...patterns], {
        cwd: conformance,
        env: { ...process.env, PATH: `${dirname(node.file)}${delimiter}${process.env.PATH}` },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      await once(child, 'exit')
      const { testResults } = JSON.parse(await readFile(report, 'utf8')) as { testResults: TestFile[] }
      const results = Object.entries(files).map(([step, file]) =>
        toResult(
          step,
          testResults.find(({ name }) => name.includes(`/${file}.`)),
        ),
      )
      return [{ runtime: node.name, results }]
    },
  }
}

/** What vitest reports of a file. */
interface TestFile {
  name: string
  status: string
  message: string
  assertionResults: { status: string; title: string; failureMessages: string[] }[]
}

function toResult(step: string, file: TestFile | undefined): Result {
  if (file === undefined) return { step, failed: 'was not run' }
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  if (file.status === 'passed' && failed.length === 0) return { step }
  const messages = failed.map(({ title, failureMessages }) => `${title}\n${failureMessages.join('\n')}`)
  return { step, failed: [file.message, ...messages].join('\n') }
}
