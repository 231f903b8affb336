import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as bunAndDeno from '../../src/crypto/bun-deno.js'
import * as node from '../../src/crypto/node.js'
import * as portable from '../../src/crypto/portable.js'

// A process on Node and a worker over one store have to find each other's tokens, and hear each other's logouts.
const paths = { node, 'Bun and Deno': bunAndDeno, portable }

for (const [path, { sha256Hex, createHmacHex }] of Object.entries(paths)) {
  it(`${path}: names are hashed to the published answers (FIPS 180-4, RFC 4231 case 2)`, () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    const macOf = createHmacHex(new TextEncoder().encode('Jefe'))
    const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    expect(macOf('what do ya want for nothing?')).toBe(mac)
    expect(macOf('what do ya want for nothing?')).toBe(mac)
  })

  it(`${path}: any text has the name that OpenSSL gives it, after others and under any key`, () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(key, fc.array(text, { minLength: 1, maxLength: 4 }), (bytes, texts) => {
        const macOf = createHmacHex(Uint8Array.from(bytes))
        for (const each of texts) {
          expect(sha256Hex(each)).toBe(createHash('sha256').update(each).digest('hex'))
          expect(macOf(each)).toBe(createHmac('sha256', bytes).update(each).digest('hex'))
        }
      }),
    )
  })
}
