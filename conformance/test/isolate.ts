import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { expect } from 'vitest'

/** What workerd is given: core as a bundler with a worker's conditions finds it. */
async function bundle(): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../fixtures/worker.mjs', import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    // those of wrangler
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers'],
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  expect(imported.filter((path) => path !== 'cloudflare:workers')).toEqual([])
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('core/dist/crypto/node'))).toEqual([])
  return outputFiles[0]?.text ?? ''
}

const startedAt = 1_800_000_000_000

/** An isolate, the platform, and one clock for both, which stands still. Each call is a request of its own. */
export async function openIsolate({ realTime = false }: { realTime?: boolean } = {}) {
  let now = realTime ? undefined : startedAt
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sandbox = await startSandbox({
    rateLimit: false,
    accessTokenLifetimeSeconds: 1_000,
    clock: { now: () => now ?? Date.now() },
    clients: [{ clientId: 'worker', subjectTokenKeys: [{ key: pair.publicKey, algorithm: 'ES256' }] }],
  })
  const { subjectToken: _, ...options } = sandbox.options
  const key = pair.privateKey.export({ format: 'jwk' })
  const worker = new Miniflare({
    modules: true,
    script: await bundle(),
    compatibilityDate: '2026-04-01',
    bindings: {
      options: JSON.parse(JSON.stringify({ ...options, revocationPath: sandbox.revocationPath })),
      key: JSON.parse(JSON.stringify(key)),
    },
  })
  const ask = async (
    call: string,
    background: boolean,
    sub = 'user-1',
  ): Promise<{ [name: string]: unknown }> => {
    const answer = await worker.dispatchFetch('http://worker.example/', {
      method: 'POST',
      body: JSON.stringify({ call, background, now, sub }),
      signal: AbortSignal.timeout(120_000),
    })
    const body = await answer.text()
    expect(answer.status, body).toBe(200)
    return JSON.parse(body) as { [name: string]: unknown }
  }
  return {
    options,
    sandbox,
    exchanges: () => sandbox.count({ kind: 'token_exchange' }),
    ask: (call: 'ready' | 'mint' | 'get' | 'forget' | 'close', sub?: string) => ask(call, false, sub),
    accessTokenAt: async (age: number, background: boolean) => {
      now = startedAt + age * 1_000
      return (await ask('get', background)).accessToken
    },
    async [Symbol.asyncDispose]() {
      await worker.dispose()
      await sandbox.close()
    },
  }
}
