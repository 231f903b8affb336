import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Binary, binaries, installBinary } from './binaries.js'
import { clientSteps, clientVersions } from './clients.js'
import { nitroApplication, nitroSteps, nitros } from './nitro.js'
import { processRuntime } from './process-runtime.js'
import { quickStartSteps, quickStarts } from './quick-starts.js'
import { type Runtime, runtimeSteps } from './runtime.js'
import { workerRuntime, workers } from './worker-runtime.js'

/** Something to run, by what is typed to run only that. */
interface Part {
  readonly id: string
  /** @throws Error when npm does not have it for this machine */
  get(folder: string): Promise<Runtime>
}

/** Parts that make one table. */
export interface Section {
  /** Of the marks in `docs/runtimes.md` between which the table stands. */
  readonly name: string
  readonly steps: readonly string[]
  readonly parts: readonly Part[]
}

export const sections: readonly Section[] = [
  {
    name: 'runtimes',
    steps: runtimeSteps,
    parts: [
      ...binaries.map((binary) => ({
        id: binary.id,
        get: async (folder: string) => processRuntime(await installBinary(binary, folder)),
      })),
      { id: 'workerd', get: async () => workerRuntime(workers) },
    ],
  },
  {
    name: 'clients',
    steps: clientSteps,
    parts: (['ioredis', 'redis'] as const).map((library) => ({
      id: library,
      get: (folder) => clientVersions(library, folder),
    })),
  },
  {
    name: 'nitro',
    steps: nitroSteps,
    parts: nitros.map((nitro) => ({ id: nitro.id, get: (folder) => nitroApplication(nitro, folder) })),
  },
  {
    name: 'quick starts',
    steps: quickStartSteps,
    parts: binaries
      .filter(({ id }) => id === 'node22' || id === 'node24')
      .map((binary) => ({ id: `quick-starts-${binary.id}`, get: (folder) => quickStartsOn(binary, folder) })),
  },
]

async function quickStartsOn(binary: Binary, folder: string): Promise<Runtime> {
  const own = join(folder, 'quick-starts')
  await mkdir(own, { recursive: true })
  const command = await installBinary(binary, own)
  return quickStarts({ ...command, name: `Node ${binary.id.replace('node', '')}` })
}
