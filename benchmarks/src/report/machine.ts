import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { dirname, join } from 'node:path'
import type { Machine } from './report.js'

const measured = [
  'jose',
  'express',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  'next',
  '@azure/msal-node',
  'google-auth-library',
  'redis',
  'autocannon',
  'esbuild',
  'tinybench',
]

/** What was measured on and with. Asked for before anything is measured, because of the load. */
export async function readMachine(): Promise<Machine> {
  const [processor] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      node: process.versions.node,
      openssl: process.versions.openssl,
      ...Object.fromEntries(await Promise.all(measured.map(async (name) => [name, await versionOf(name)]))),
    },
  }
}

/** The version of an installed package, also of one that does not export its package.json. */
async function versionOf(name: string): Promise<string> {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const file = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined)
    if (file !== undefined) return JSON.parse(file).version
  }
  throw new Error(`${name} is not installed beside ${dirname(import.meta.url)}`)
}
