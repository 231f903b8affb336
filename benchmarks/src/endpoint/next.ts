import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Server, startServer } from './server.js'

const command = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next')
const folder = fileURLToPath(new URL('../../../next-app', import.meta.url))
const env = { NEXT_TELEMETRY_DISABLED: '1' }

/** The built application; or, to see quickly that it works, the one that is compiled while it runs. */
export async function startNext({ build }: { build: boolean }): Promise<Server> {
  if (build) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'build'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    })
    if (status !== 0) throw new Error(`next build failed:\n${stdout}${stderr}`)
  }
  const server = startServer([command, build ? 'start' : 'dev', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: folder,
    env: { ...env, ...(!build && { NODE_ENV: 'development' }) },
  })
  return server
}
