import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, it, vi } from 'vitest'
import type { TesouroUser } from '../../src/index.js'
import { validOptions } from '../valid-options.js'
import { watchNodeCrypto } from '../watch-builtin.js'
import { openWidgetToken } from '../widget-token/open.js'

type Core = typeof import('../../src/index.js')

/** Core as a bundler with these conditions finds it, and the files that it took. */
async function bundled(folder: string, condition: string): Promise<{ core: Core; inputs: string[] }> {
  const outfile = join(folder, `${condition}.mjs`)
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: condition === 'node' ? 'node' : 'browser',
    conditions: ['@tesouro-tokens/source', condition],
  })
  return { core: await import(pathToFileURL(outfile).href), inputs: Object.keys(metafile.inputs) }
}

/** Bytes that a number decides, in place of random ones: 32 for the content key, then 12 for the IV, or all 44 at once. */
function fixedBytes(seed: string): <Bytes extends NodeJS.ArrayBufferView | null>(bytes: Bytes) => Bytes {
  const all = createHash('sha512').update(seed).digest()
  let at = 0
  return (bytes) => {
    if (bytes === null) return bytes
    new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).set(
      all.subarray(at, at + bytes.byteLength),
    )
    at += bytes.byteLength
    return bytes
  }
}

function randomUser(): TesouroUser {
  const text = (): string => randomBytes(12).toString('base64').concat('é世🏦')
  return {
    sub: text(),
    email: `${text()}@bank.example`,
    claims: { [text()]: text(), numbers: [1.5, -3, 1e21], nested: { yes: true, no: null } },
    requestParameters: { audience: text(), scope: text() },
  }
}

it('a worker’s bundle takes no Node code, and mints the very tokens that the bundle for Node mints, for 1,000 users', async () => {
  const folder = await mkdtemp(fileURLToPath(new URL('../.same-token-', import.meta.url)))
  const byNode = watchNodeCrypto('randomFillSync')
  const drawn = vi.spyOn(crypto, 'getRandomValues')
  const identifiers = vi.spyOn(crypto, 'randomUUID')
  try {
    const fast = await bundled(folder, 'node')
    const portable = await bundled(folder, 'workerd')
    const isNodes = (path: string): boolean => path.includes('src/crypto/node/')
    expect(fast.inputs.filter(isNodes)).not.toEqual([])
    expect(portable.inputs.filter(isNodes)).toEqual([])

    const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 }
    const signing = randomBytes(32)
    const sources = (core: Core) => [
      core.unsecuredSubjectToken({ issuer: 'https://bank.example' }),
      core.signedSubjectToken({ key: Uint8Array.from(signing), algorithm: 'HS256', audience: ['a', 'b'] }),
    ]
    const minters = [fast.core, portable.core].map((core) =>
      sources(core).map((subjectToken) => core.createTesouroTokens(validOptions({ clock, subjectToken }))),
    )
    for (let count = 0; count < 1_000; count += 1) {
      const user = randomUser()
      const made: string[] = []
      for (const tokens of minters) {
        const fill = fixedBytes(String(count))
        byNode.mockImplementation(
          fill as typeof byNode extends { mockImplementation(f: infer F): unknown } ? F : never,
        )
        drawn.mockImplementation(fill as typeof crypto.getRandomValues)
        identifiers.mockReturnValue('0b54f2a4-5b0a-4d4c-8e3e-000000000000')
        const { widgetToken } = (await tokens[count % 2]?.mintWidgetToken(user)) ?? { widgetToken: '' }
        made.push(widgetToken)
      }
      expect(made[0]).toBe(made[1])
      if (count % 100 === 0)
        expect(
          Buffer.byteLength((await openWidgetToken(made[0] ?? '')).payload.audience as string),
        ).toBeGreaterThan(12)
    }
  } finally {
    byNode[Symbol.dispose]()
    drawn.mockRestore()
    identifiers.mockRestore()
    await rm(folder, { recursive: true })
  }
})
