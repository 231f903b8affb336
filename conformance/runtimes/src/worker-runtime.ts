import { join } from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { openPlatform } from './platform.js'
import type { Outcome, Result, Runtime } from './runtime.js'

/** A worker's compatibility date, and whether it has the flag `nodejs_compat`. */
export interface Worker {
  readonly date: string
  readonly nodejs: boolean
}

/** The oldest date that is supported, the last before objects of the platform tell their kind, and one of today. */
export const workers: readonly Worker[] = ['2023-03-01', '2024-09-25', '2026-04-01'].flatMap((date) =>
  [false, true].map((nodejs) => ({ date, nodejs })),
)

/** workerd, once for each kind of worker. */
export function workerRuntime(kinds: readonly Worker[]): Runtime {
  return {
    name: 'workerd',
    async run(programs) {
      const script = await bundle(programs)
      const outcomes: Outcome[] = []
      for (const kind of kinds) outcomes.push(await runWorker(script, kind))
      return outcomes
    },
  }
}

async function runWorker(script: string, { date, nodejs }: Worker): Promise<Outcome> {
  await using platform = await openPlatform()
  const worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: date,
    compatibilityFlags: nodejs ? ['nodejs_compat'] : [],
    bindings: { ...platform.env, setting: JSON.parse(JSON.stringify(platform.setting)) },
  })
  const ask = async (path: string): Promise<unknown> => {
    const signal = AbortSignal.timeout(60_000)
    return (await worker.dispatchFetch(`http://worker.example/${path}`, { signal })).json()
  }
  try {
    const results: Result[] = []
    for (const step of (await ask('')) as string[]) results.push((await ask(step)) as Result)
    return { runtime: `workerd of ${date}${nodejs ? ', nodejs_compat' : ''}`, results }
  } finally {
    await worker.dispose()
  }
}

/** What workerd is given: core as a bundler with the conditions of wrangler finds it. */
async function bundle(programs: string): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(programs, 'worker.mjs')],
    absWorkingDir: programs,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers'],
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  const foreign = imported.filter((path) => path !== 'cloudflare:workers')
  if (foreign.length > 0) throw new Error(`a worker would have to have ${foreign.join(', ')}`)
  return outputFiles[0]?.text ?? ''
}
