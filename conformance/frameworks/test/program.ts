import { fork } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))
const tellPort = fileURLToPath(new URL('../../fixtures/tell-port.mjs', import.meta.url))
const user = { sub: 'user-1', email: 'user-1@example.com' }

/**
 * A printed file as one module, with our packages from their sources in it and the frameworks beside it, which also signs
 * somebody in: its sessions are its own.
 */
export function bundled(name: string, end: string, otherwise: Record<string, string> = {}): Promise<string> {
  return bundle(
    name,
    `import { signIn } from './session.js'
export * from './${name}.js'
export const cookie = signIn(${JSON.stringify(user)}).split(';')[0]
${end}`,
    'files',
    otherwise,
  )
}

async function bundle(
  name: string,
  contents: string,
  from: string,
  otherwise: Record<string, string> = {},
): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const cache = join(home, 'node_modules/.files')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, `${name}-`))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const outfile = join(folder, `${name}.mjs`)
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(home, from), loader: 'ts' },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    alias: otherwise,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tesouro-tokens/source'],
    external: Object.keys(dependencies).filter((each) => !each.startsWith('@tesouro-tokens/')),
    outfile,
    write: true,
  })
  if (outputFiles !== undefined) throw new Error('nothing was written')
  return outfile
}

/** A printed server in a process of its own. */
export async function serve(
  name: string,
  env: Record<string, string>,
): Promise<{ origin: string; cookie: string }> {
  const telling = start(await bundled(name, 'process.send({ cookie })'), env)
  const { port, cookie } = await telling(['port', 'cookie'])
  return { origin: `http://127.0.0.1:${port}`, cookie: `${cookie}` }
}

/** Events name users by an HMAC: the one who is forgotten has the name of the one for whom a token was minted. */
const tellLogouts = `
import { subscribe } from 'node:diagnostics_channel'
let minted
subscribe('tesouro-tokens:mint', ({ user }) => { minted = user })
subscribe('tesouro-tokens:forget', ({ user, outcome }) => {
  process.send({ forgotten: user === minted ? outcome : 'somebody else' })
})`

/** A printed server with sessions of its own. `forgotten` waits for a logout, and is `ok` where it was the last user's. */
export async function serveSessions(
  name: string,
  env: Record<string, string>,
): Promise<{ origin: string; forgotten: () => Promise<unknown> }> {
  const telling = start(await bundle(name, `import './${name}.js'${tellLogouts}`, 'sessions'), env)
  const { port } = await telling(['port'])
  return {
    origin: `http://127.0.0.1:${port}`,
    forgotten: async () => (await telling(['forgotten'])).forgotten,
  }
}

/** Starts a module. Returns what waits until it has told all of these. */
function start(
  file: string,
  env: Record<string, string>,
): (names: readonly string[]) => Promise<Record<string, unknown>> {
  const child = fork(file, {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    execArgv: ['--import', tellPort],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (text: Buffer) => {
      said += text.toString()
    })
  onTestFinished(() => void child.kill())
  const all: Record<string, unknown> = {}
  child.on('message', (message: object) => void Object.assign(all, message))
  return (names) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (names.every((name) => name in all)) resolve(all)
      }
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${said}`)))
      child.on('message', look)
      look()
    })
}
