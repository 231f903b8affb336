import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { npmInstall } from './packed.js'
import type { Result, Runtime } from './runtime.js'

export const nitroSteps: readonly string[] = ['build', 'mint', 'refusals']

/** A major version of Nitro: 2 is what Nuxt 4 has, with h3 1 in it. */
export interface Nitro {
  readonly id: string
  readonly packages: readonly string[]
  readonly bin: string
  /** How a handler gets at the request, and what it imports for that. */
  readonly request: string
  readonly imports: string
}

export const nitros: readonly Nitro[] = [
  {
    id: 'nitro2',
    packages: ['nitropack@2', 'h3@1'],
    bin: 'node_modules/nitropack/dist/cli/index.mjs',
    request: 'toWebRequest(event)',
    imports: 'defineEventHandler, toWebRequest',
  },
  {
    id: 'nitro3',
    packages: ['nitro@3', 'vite@7'],
    bin: 'node_modules/nitro/dist/cli/index.mjs',
    request: 'event.req',
    imports: 'defineEventHandler',
  },
]

const run = promisify(execFile)

/** An application with the endpoint as `docs/frameworks.md` says it, built for Node and started. */
export async function nitroApplication(nitro: Nitro, folder: string): Promise<Runtime> {
  const own = join(folder, nitro.id)
  await mkdir(own)
  await npmInstall(own, nitro.packages)
  return {
    name: nitro.id,
    async run(programs) {
      await writeApplication(nitro, own, programs)
      await using sandbox = await startSandbox()
      const results: Result[] = []
      const step = async (name: string, work: () => Promise<void>): Promise<void> => {
        const failed = await work().then(
          () => undefined,
          (error: unknown) => String(error),
        )
        results.push({ step: name, ...(failed !== undefined && { failed }) })
      }
      await step('build', async () => void (await run(process.execPath, [nitro.bin, 'build'], { cwd: own })))
      await using server = await start(own, sandbox)
      await step('mint', () => mints(server.address, sandbox))
      await step('refusals', () => refuses(server.address))
      return [{ runtime: nitro.id.replace('nitro', 'Nitro '), results }]
    },
  }
}

async function writeApplication(nitro: Nitro, own: string, programs: string): Promise<void> {
  const handler = `import { tesouroTokensFromEnv, widgetTokenEndpoint } from '@tesouro-tokens/core'
import { ${nitro.imports} } from 'h3'
const getUser = ({ headers }) =>
  headers.get('cookie') === 'session=alice' ? { sub: 'alice', email: 'alice@example.com' } : null
const endpoint = widgetTokenEndpoint({ tokens: tesouroTokensFromEnv(), getUser })
export default defineEventHandler((event) => endpoint(${nitro.request}))
`
  const file = join(own, 'server/api/tesouro/widget-token.ts')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, handler)
  const configuration = { srcDir: 'server', scanDirs: ['server'], compatibilityDate: '2026-01-01' }
  await writeFile(join(own, 'nitro.config.mjs'), `export default ${JSON.stringify(configuration)}`)
  await mkdir(join(own, 'node_modules/@tesouro-tokens'), { recursive: true })
  const core = '@tesouro-tokens/core'
  await symlink(join(programs, 'node_modules', core), join(own, 'node_modules', core), 'junction')
}

async function start(own: string, sandbox: Sandbox): Promise<{ address: string } & AsyncDisposable> {
  const env = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: '0', ...sandbox.env }
  const child = spawn(process.execPath, ['.output/server/index.mjs'], { cwd: own, env })
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer): void => {
      said += text.toString()
      const [found] = /http:\/\/[\w.:[\]-]+:[1-9]\d*/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)))
  })
  return {
    address,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}

const post = (address: string, headers: Record<string, string>, body?: string): Promise<Response> =>
  fetch(`${address}/api/tesouro/widget-token`, {
    method: 'POST',
    headers,
    ...(body !== undefined && { body }),
  })

async function mints(address: string, sandbox: Sandbox): Promise<void> {
  const headers = { cookie: 'session=alice', origin: address, 'content-type': 'application/json' }
  const answer = await post(address, headers, JSON.stringify({ userId: 'alice' }))
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  if (answer.headers.get('cache-control') !== 'no-store') throw new Error('the answer may be stored')
  const { widgetToken } = (await answer.json()) as { widgetToken: string }
  const { sub } = await sandbox.openWidgetToken(widgetToken)
  if (sub !== 'alice') throw new Error(`a token for ${sub}`)
}

async function refuses(address: string): Promise<void> {
  const cookie = 'session=alice'
  const json = { cookie, 'content-type': 'application/json' }
  const statuses = [
    (await post(address, {})).status,
    (await post(address, { cookie, origin: 'https://evil.example' })).status,
    (await post(address, json, JSON.stringify({ userId: 'bob' }))).status,
    (await post(address, json, JSON.stringify({ a: 'x'.repeat(20_000) }))).status,
  ]
  if (statuses.join() !== '401,403,403,413') throw new Error(`answers ${statuses.join()}`)
}
