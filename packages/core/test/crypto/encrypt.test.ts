import { Buffer } from 'node:buffer'
import { createDecipheriv, randomBytes } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { ContentEncryption } from '../../src/crypto/jwe-encrypter.js'
import { createJweEncrypter as onNode } from '../../src/crypto/node.js'
import { createJweEncrypter as portable } from '../../src/crypto/portable.js'
import { watchNodeCrypto } from '../watch-builtin.js'

const paths = { node: onNode, portable }

/** RFC 3394 §4.6: 256 bits of key data under a key of 256 bits, which is all that A256KW with A256GCM ever wraps. */
const vector = {
  key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  data: '00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f',
  wrapped: '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21',
}

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Text of every kind that a payload may hold: quotes, line ends, letters of two, three and four bytes. */
function randomText(length: number): string {
  const letters = ['a', 'Z', '9', '"', '\\', '\n', '\t', 'é', 'ß', '世', '🏦', '\u2028', '{', '.', '=']
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
}

/** What jose must not be needed for: opening a token by the standard's own steps (RFC 7516 §5.2). */
function openOnNode(token: string, key: Uint8Array): string {
  const [header = '', wrappedKey = '', iv = '', ciphertext = '', tag = ''] = token.split('.')
  const decode = (part: string): Buffer => Buffer.from(part, 'base64url')
  const unwrap = createDecipheriv('id-aes256-wrap', key, Buffer.alloc(8, 0xa6))
  const contentKey = Buffer.concat([unwrap.update(decode(wrappedKey)), unwrap.final()])
  const decipher = createDecipheriv('aes-256-gcm', contentKey, decode(iv))
  decipher.setAAD(Buffer.from(header)).setAuthTag(decode(tag))
  return Buffer.concat([decipher.update(decode(ciphertext)), decipher.final()]).toString()
}

describe.each(Object.entries(paths))('encrypting, %s', (_path, createJweEncrypter) => {
  it('wraps a key as RFC 3394 says', async () => {
    const draw = (): ContentEncryption => ({ contentKey: bytes(vector.data), iv: new Uint8Array(12) })
    const token = await createJweEncrypter(bytes(vector.key), {}, draw)('text')
    expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('hex')).toBe(vector.wrapped)
  })

  it('authenticates the further members of its header, which come after alg and enc', async () => {
    const key = bytes(vector.key)
    const token = await createJweEncrypter(key, { kid: 'k-1' })('text')
    const { plaintext, protectedHeader } = await compactDecrypt(token, key)
    expect(new TextDecoder().decode(plaintext)).toBe('text')
    expect(JSON.stringify(protectedHeader)).toBe('{"alg":"A256KW","enc":"A256GCM","kid":"k-1"}')
    const [, ...rest] = token.split('.')
    const other = Buffer.from('{"alg":"A256KW","enc":"A256GCM","kid":"k-2"}').toString('base64url')
    await expect(compactDecrypt([other, ...rest].join('.'), key)).rejects.toThrow()
  })

  it('takes a content key and an IV of its own for each of two texts that are encrypted at once', async () => {
    const encrypt = createJweEncrypter(bytes(vector.key))
    const [one = '', other = ''] = await Promise.all([encrypt('text'), encrypt('text')])
    for (const part of [1, 2, 3, 4]) expect(one.split('.')[part]).not.toBe(other.split('.')[part])
  })
})

it('gives the same token on both paths for the same content key and IV, 1,000 times, and each opens the others', async () => {
  for (let count = 0; count < 1_000; count += 1) {
    const key = Uint8Array.from(randomBytes(32))
    const drawn = { contentKey: Uint8Array.from(randomBytes(32)), iv: Uint8Array.from(randomBytes(12)) }
    const text = randomText(count)
    const token = await onNode(key, {}, () => drawn)(text)
    expect(await portable(key, {}, () => drawn)(text)).toBe(token)

    const { plaintext } = await compactDecrypt(await onNode(key)(text), key)
    expect(new TextDecoder().decode(plaintext)).toBe(text)
    expect(openOnNode(await portable(key)(text), key)).toBe(text)
  }
})

it('mints by the portable path where node:crypto has no key wrap, as in what was bundled for Node and runs on Bun', async () => {
  const key = Uint8Array.from(randomBytes(32))
  const ciphers = watchNodeCrypto('createCipheriv')
  ciphers.mockImplementation(() => {
    throw new Error('Unknown cipher')
  })
  try {
    const token = await onNode(key, { kid: 'k-1' })('text', { subject: 's', variant: 'v' })
    const { plaintext, protectedHeader } = await compactDecrypt(token, key)
    expect(new TextDecoder().decode(plaintext)).toBe('text')
    // What seals cached values finds its key and their names here.
    expect(protectedHeader).toMatchObject({ kid: 'k-1', subject: 's', variant: 'v' })
    expect(ciphers).toHaveBeenCalledOnce()
  } finally {
    ciphers[Symbol.dispose]()
  }
})
