import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from '../root.js'
import type { Area } from './areas.js'

/** A change that Stryker made, and what became of it. */
export interface Mutant {
  /** Path from the root. */
  readonly file: string
  readonly line: number
  readonly mutator: string
  readonly original: string
  readonly replacement: string
  readonly status:
    | 'Killed'
    | 'Timeout'
    | 'Survived'
    | 'NoCoverage'
    | 'RuntimeError'
    | 'CompileError'
    | 'Ignored'
}

/** What Stryker writes (the mutation testing report schema), as far as it is read. */
interface Report {
  files: {
    [file: string]: {
      source: string
      mutants: {
        mutatorName: string
        replacement?: string
        status: Mutant['status']
        location: { start: Position; end: Position }
      }[]
    }
  }
}

interface Position {
  line: number
  column: number
}

/** Has Stryker mutate an area in a copy. `files` narrows it to those. @throws Error when Stryker cannot do it */
export async function mutantsOf(copy: string, area: Area, files?: readonly string[]): Promise<Mutant[]> {
  const home = join(copy, area.home)
  const config = join(home, 'vitest.mutation.ts')
  const report = join(home, 'mutation.json')
  rmSync(report, { force: true })
  writeFileSync(config, vitestConfig(area))
  const from = createRequire(join(root, 'conformance/mutation/package.json'))
  const options = {
    // The copy is there to be changed.
    inPlace: true,
    mutate: files ?? area.mutate,
    testRunner: 'vitest',
    plugins: [from.resolve('@stryker-mutator/vitest-runner')],
    vitest: { configFile: config, related: false },
    // Its preprocessing needs an interface that TypeScript 7 does not have, and nothing is compiled here.
    tsconfigFile: 'none.json',
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    concurrency: 1,
    timeoutMS: 20_000,
    ignoreStatic: true,
    disableTypeChecks: false,
    cleanTempDir: 'always',
    allowConsoleColors: false,
  }
  const settings = join(home, 'stryker.mutation.json')
  writeFileSync(settings, JSON.stringify(options))
  const bin = join(dirname(from.resolve('@stryker-mutator/core/package.json')), 'bin/stryker.js')
  const child = spawn(process.execPath, [bin, 'run', settings], { cwd: home, stdio: 'inherit' })
  const kill = (): void => void child.kill()
  process.once('exit', kill)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  process.off('exit', kill)
  if (!existsSync(report)) throw new Error(`Stryker ended with ${code} and tells nothing of ${area.name}`)
  return read(area, JSON.parse(readFileSync(report, 'utf8')))
}

/** Only what kills mutants of the area, on the path that Node takes. */
function vitestConfig({ tests }: Area): string {
  return `import { defineConfig } from 'vitest/config'
import base from '../../vitest.base.js'
const test = { ...base.test, include: ${JSON.stringify(tests)}, env: { TESOURO_TEST_PATH: 'node', RACES_ORDERS: '120' } }
export default defineConfig({ ...base, test })
`
}

function read({ home }: Area, { files }: Report): Mutant[] {
  return Object.entries(files).flatMap(([path, { source, mutants }]) =>
    mutants.map(({ mutatorName, replacement = '', status, location }) => ({
      file: `${home}/${path}`,
      line: location.start.line,
      mutator: mutatorName,
      original: between(source, location),
      replacement,
      status,
    })),
  )
}

/** Lines and columns count from 1. */
function between(source: string, { start, end }: { start: Position; end: Position }): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n')
}
