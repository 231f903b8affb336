import { Buffer } from 'node:buffer'
import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { build } from 'esbuild'
import { compactDecrypt, decodeJwt } from 'jose'
import { Miniflare } from 'miniflare'
import { describe, expect, it } from 'vitest'

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

/** An isolate, the platform, and one clock for both. */
async function openIsolate() {
  let now = startedAt
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sandbox = await startSandbox({
    rateLimit: false,
    accessTokenLifetimeSeconds: 1_000,
    clock: { now: () => now },
    clients: [{ clientId: 'worker', subjectTokenKeys: [{ key: pair.publicKey, algorithm: 'ES256' }] }],
  })
  const { subjectToken: _, ...options } = sandbox.options
  const key = pair.privateKey.export({ format: 'jwk' })
  const worker = new Miniflare({
    modules: true,
    script: await bundle(),
    compatibilityDate: '2026-04-01',
    bindings: { options: JSON.parse(JSON.stringify(options)), key: JSON.parse(JSON.stringify(key)) },
  })
  const ask = async (call: string, background: boolean): Promise<{ [name: string]: unknown }> => {
    const answer = await worker.dispatchFetch('http://worker.example/', {
      method: 'POST',
      body: JSON.stringify({ call, background, now }),
      signal: AbortSignal.timeout(10_000),
    })
    const body = await answer.text()
    expect(answer.status, body).toBe(200)
    return JSON.parse(body) as { [name: string]: unknown }
  }
  return {
    options,
    sandbox,
    exchanges: () => sandbox.count({ kind: 'token_exchange' }),
    mint: () => ask('mint', false),
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

describe('in workerd', () => {
  it('a widget token is minted by WebCrypto alone', async () => {
    await using isolate = await openIsolate()
    const { widgetToken } = await isolate.mint()
    const secret = Buffer.from(String(isolate.options.widgetSecret), 'hex')
    const { plaintext } = await compactDecrypt(String(widgetToken), secret)
    const { subject_token } = JSON.parse(new TextDecoder().decode(plaintext)) as { subject_token: string }
    expect(decodeJwt(subject_token)).toMatchObject({ sub: 'user-1', email: 'user-1@bank.example' })
  })

  it.each([
    ['with waitUntil, after the answer', true],
    ['without, before it', false],
  ])(
    'an ageing token is replaced %s, and the next requests find no exchange that never ends',
    async (_, background) => {
      await using isolate = await openIsolate()
      const first = await isolate.accessTokenAt(0, background)
      expect(await isolate.accessTokenAt(500, background)).toBe(first)
      expect(isolate.exchanges()).toBe(1)

      // 60 s of 1,000 are left, which is in the second half of the window.
      const ageing = await isolate.accessTokenAt(940, background)
      const next = await isolate.accessTokenAt(940, background)
      if (background) expect(ageing).toBe(first)
      else expect([ageing, ageing]).toEqual([expect.not.stringContaining(String(first)), next])
      await expect.poll(() => isolate.accessTokenAt(940, background), { timeout: 10_000 }).not.toBe(first)
      expect(isolate.exchanges()).toBe(2)

      // The second token has expired too: whatever its refresh left behind, this one has to wait for a third.
      const third = await isolate.accessTokenAt(3_000, background)
      expect([first, ageing, next]).not.toContain(third)
      expect(isolate.exchanges()).toBe(3)
    },
  )
})
