import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { npmInstall } from './packed.js'
import type { Command } from './process-runtime.js'

/** A runtime that npm has as a binary, and how it is started. */
export interface Binary {
  /** What is typed to run only this one. */
  readonly id: string
  /** Package and version, for this machine. */
  readonly wanted: string
  /** Below the package. */
  readonly file: string
  readonly command: Omit<Command, 'file'>
}

const machine = `${process.platform}-${process.arch}`
/** How the packages of Bun and Deno call the machines that they have binaries for. */
const bunMachines: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-aarch64',
  'darwin-arm64': 'darwin-aarch64',
}
const denoMachines: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64-glibc',
  'linux-arm64': 'linux-arm64-glibc',
  'darwin-arm64': 'darwin-arm64',
}

const node = (version: string): Binary => ({
  id: `node${version}`,
  wanted: `node-${machine}@${version}`,
  file: `node_modules/node-${machine}/bin/node`,
  command: { name: 'Node', args: ['--unhandled-rejections=strict'], more: ['threads.mjs'] },
})

/** The oldest and the newest of the versions that packages say they run on, and the other runtimes for servers. */
export const binaries: readonly Binary[] = [
  ...['20.19.0', '22.12.0', '22', '24', '26'].map(node),
  {
    id: 'bun',
    wanted: `@oven/bun-${bunMachines[machine]}@1`,
    file: `node_modules/@oven/bun-${bunMachines[machine]}/bin/bun`,
    command: { name: 'Bun', args: ['run', '--no-install'] },
  },
  {
    id: 'deno',
    wanted: `@deno/${denoMachines[machine]}@2`,
    file: `node_modules/@deno/${denoMachines[machine]}/deno`,
    command: {
      name: 'Deno',
      args: ['run', '--allow-all', '--no-prompt', '--cached-only', '--node-modules-dir=manual'],
      env: { DENO_NO_UPDATE_CHECK: '1' },
    },
  },
]

/** Installs a binary into a folder of its own. @throws Error when npm has none for this machine */
export async function installBinary({ wanted, file, command, id }: Binary, folder: string): Promise<Command> {
  const own = join(folder, id)
  await mkdir(own)
  await npmInstall(own, [wanted])
  return { ...command, file: join(own, file) }
}
