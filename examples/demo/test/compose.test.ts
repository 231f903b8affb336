// No container is started here: what compose.yaml says is looked at, and its processes are run as it would run them.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ExampleProcess, startExample } from '../src/example-process.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = join(root, 'examples/compose')
const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')

interface Service {
  build?: { context: string; dockerfile: string; target: string }
  command?: string[]
  environment?: Record<string, string>
  depends_on?: object
  deploy?: { replicas: number }
  volumes?: string[]
}
const { services, volumes } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')) as {
  services: Record<string, Service>
  volumes: object
}
const { sandbox, bank, proxy } = services

const secrets = mkdtempSync(join(tmpdir(), 'compose-secrets-'))
afterAll(() => rmSync(secrets, { recursive: true }))

test('compose.yaml names a file, target, service or volume that is not there', () => {
  for (const service of Object.values(services)) {
    if (service.build !== undefined) {
      expect(join(folder, service.build.context, service.build.dockerfile)).toBe(join(folder, 'Dockerfile'))
      expect(dockerfile).toContain(` AS ${service.build.target}\n`)
    }
    for (const name of Object.keys(service.depends_on ?? {})) {
      const needed = Array.isArray(service.depends_on) ? service.depends_on : [name]
      for (const other of needed) expect(Object.keys(services)).toContain(other)
    }
    for (const mounted of service.volumes ?? []) {
      const [source = ''] = mounted.split(':')
      if (source.startsWith('.')) expect(existsSync(join(folder, source)), source).toBe(true)
      else expect(Object.keys(volumes)).toContain(source)
    }
  }
  expect(readFileSync(join(folder, 'nginx.conf'), 'utf8')).toContain(
    `http://bank:${bank?.environment?.PORT};`,
  )
  expect(proxy?.volumes).toHaveLength(1)
})

test('compose.yaml sets a variable that the example does not read', () => {
  const sources = ['lib/redis.ts', 'lib/tesouro.ts', 'session.ts', 'server.ts'].map((file) =>
    readFileSync(join(root, 'examples/express/src', file), 'utf8'),
  )
  const readBy = (name: string): string =>
    name === 'TESOURO_CACHE_KEYS' ? 'cacheKeysFromEnv()' : `process.env.${name}`
  for (const name of Object.keys(bank?.environment ?? {})) {
    expect(
      sources.filter((source) => source.includes(readBy(name))),
      name,
    ).not.toEqual([])
  }
})

test('the Dockerfile starts a file, or builds a package, that is not there', () => {
  const started = [...dockerfile.matchAll(/"(packages\/[^"]+|dist\/[^"]+)"/g)].map(([, file = '']) => file)
  expect(started).toEqual(['packages/sandbox/bin/tesouro-sandbox.js', 'dist/server.js'])
  expect(existsSync(join(root, 'packages/sandbox/bin/tesouro-sandbox.js'))).toBe(true)
  expect(existsSync(join(root, 'examples/express/src/server.ts'))).toBe(true)
  const names = new Set([...dockerfile.matchAll(/--filter "?(@?[\w/-]+)/g)].map(([, name = '']) => name))
  const manifests = ['packages/sandbox', 'examples/express', '.'].map((at) => join(root, at, 'package.json'))
  const known = manifests.map((file) => JSON.parse(readFileSync(file, 'utf8')).name)
  expect([...names].sort()).toEqual(known.sort())
})

/** An address of this machine that is not loopback, as another container would have one. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address

test.skipIf(redisIsMissing() || address === undefined)(
  'the two replicas do not share a session and a token, with what compose.yaml gives them',
  async () => {
    const closing: (() => Promise<void>)[] = []
    const said: string[] = []
    const onLine = (line: string): void => void said.push(line)
    const start = (command: string[], env: Record<string, string>, at: string): Promise<ExampleProcess> =>
      startExample({ folder: at, command, env: { PATH: process.env.PATH, ...env }, onLine })
    try {
      const redis = await startRedis()
      closing.push(() => redis.stop())
      const envFile = join(secrets, '.env')
      const command = (sandbox?.command ?? []).map((word) =>
        word === 'sandbox'
          ? String(address)
          : word === '/secrets/.env'
            ? envFile
            : word === '4010'
              ? '0'
              : word,
      )
      const binary = join(root, 'packages/sandbox/bin/tesouro-sandbox.js')
      // by itself: its address is none of loopback, for which the other would wait
      const platform = spawn(process.execPath, [binary, ...command], { stdio: 'ignore' })
      closing.push(async () => void platform.kill('SIGKILL'))
      await expect.poll(() => existsSync(envFile)).toBe(true)
      const env = { ...bank?.environment, REDIS_URL: redis.url, HOST: '127.0.0.1', PORT: '0' }
      const replicas = await Promise.all(
        Array.from({ length: bank?.deploy?.replicas ?? 0 }, () =>
          start([`--env-file=${envFile}`, 'dist/server.js'], env, join(root, 'examples/express')),
        ),
      )
      closing.unshift(...replicas.map((replica) => () => replica.stop()))
      const [one, two] = replicas.map(({ origin }) => origin)
      const signedIn = await fetch(`${one}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"sub":"u_ana"}',
      })
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      for (const origin of [one, two, one, two]) {
        const accounts = await fetch(`${origin}/api/accounts`, { headers: { cookie } })
        expect(accounts.status).toBe(200)
        const minted = await fetch(`${origin}/api/tesouro/widget-token`, {
          method: 'POST',
          headers: { cookie },
        })
        expect(minted.status).toBe(200)
      }
      expect(said.filter((line) => line.includes('"type":"exchange"'))).toHaveLength(1)
    } finally {
      for (const close of closing) await close()
    }
  },
)
