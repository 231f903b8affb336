import { Buffer } from 'node:buffer'
import { expect, it, vi } from 'vitest'
import { createTesouroTokens } from '../../src/index.js'
import { validOptions } from '../valid-options.js'
import { watchNodeCrypto } from '../watch-builtin.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const mints = 100_000
const atOnce = 100
const patienceMs = 240_000

/** How often each value stands at each byte position, and how often a byte is at least the one before it. */
function tally(length: number): { add(bytes: Buffer): void; values: Set<number>[]; climbs: number[] } {
  const values = Array.from({ length }, () => new Set<number>())
  const climbs = Array.from({ length }, () => 0)
  let before: Buffer | undefined
  return {
    values,
    climbs,
    add(bytes) {
      for (const [at, byte] of bytes.entries()) {
        values[at]?.add(byte)
        if (before !== undefined && byte >= (before[at] ?? 256)) climbs[at] = (climbs[at] ?? 0) + 1
      }
      before = bytes
    },
  }
}

it(
  'of 100,000 widget tokens no two share a wrapped content key or an IV, and none is counted up (RFC 7518 §8.4)',
  async () => {
    const tokens = createTesouroTokens(validOptions())
    const parts = {
      wrappedKey: { at: 1, seen: new Set<string>(), tally: tally(40) },
      iv: { at: 2, seen: new Set<string>(), tally: tally(12) },
    }
    for (let count = 0; count < mints; count += atOnce) {
      const batch = await Promise.all(Array.from({ length: atOnce }, () => tokens.mintWidgetToken(user)))
      for (const { widgetToken } of batch) {
        const members = widgetToken.split('.')
        for (const part of Object.values(parts)) {
          const text = members[part.at] ?? ''
          part.seen.add(text)
          part.tally.add(Buffer.from(text, 'base64url'))
        }
      }
    }
    for (const [name, { seen, tally }] of Object.entries(parts)) {
      expect(seen.size, name).toBe(mints)
      expect(
        tally.values.map(({ size }) => size),
        name,
      ).toEqual(tally.values.map(() => 256))
      for (const climbs of tally.climbs) expect(climbs / mints, name).toBeLessThan(0.55)
    }
  },
  patienceMs,
)

it('asks the random number generator for both at every mint, with nothing drawn ahead', async () => {
  const tokens = createTesouroTokens(validOptions())
  await tokens.mintWidgetToken(user)
  const byNode = watchNodeCrypto('randomFillSync')
  const drawn = vi.spyOn(crypto, 'getRandomValues')
  const generated = vi.spyOn(crypto.subtle, 'generateKey')
  const bytesDrawn = (): number => {
    const filled = [...byNode.mock.calls, ...drawn.mock.calls]
    const sizes = filled.map(([array]) => (array as Uint8Array).byteLength)
    return sizes.reduce((sum, size) => sum + size, 0) + generated.mock.calls.length * 32
  }
  try {
    for (let mint = 1; mint <= 50; mint += 1) {
      await tokens.mintWidgetToken(user)
      expect(bytesDrawn()).toBe(mint * (32 + 12))
    }
  } finally {
    byNode[Symbol.dispose]()
    drawn.mockRestore()
    generated.mockRestore()
  }
})
