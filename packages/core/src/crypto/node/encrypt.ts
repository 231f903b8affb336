import { Buffer } from 'node:buffer'
import { createCipheriv, createSecretKey, randomFillSync } from 'node:crypto'
import { type ContentEncryption, type JweEncrypter, jweAlgorithms } from '../jwe-encrypter.js'

/** RFC 3394 §2.2.3.1. */
const wrapIv = new Uint8Array(8).fill(0xa6)

/**
 * Makes an encrypter for a key of 32 bytes that costs what OpenSSL costs: no promise, no other thread. The key is
 * imported once; the content encryption key and the initialization vector are drawn from the system's generator for
 * every token.
 *
 * @param members further members of the protected header, such as `kid`
 * @param draw what to encrypt with instead, so that a test can compare
 */
export function createJweEncrypter(
  key: Uint8Array<ArrayBuffer>,
  members: Readonly<Record<string, string>> = {},
  draw: () => ContentEncryption = createDraw(),
): JweEncrypter {
  const wrappingKey = createSecretKey(key)
  const header = Buffer.from(JSON.stringify({ ...jweAlgorithms, ...members })).toString('base64url')
  // RFC 7516 §5.1, step 14: the protected header, as it is sent, is authenticated too.
  const authenticated = Buffer.from(header)

  return (plaintext) => {
    const { contentKey, iv } = draw()
    const wrappedKey = createCipheriv('id-aes256-wrap', wrappingKey, wrapIv).update(contentKey)
    const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(authenticated)
    const ciphertext = cipher.update(plaintext, 'utf8', 'base64url') + cipher.final('base64url')
    const tag = cipher.getAuthTag()
    return `${header}.${text(wrappedKey)}.${text(iv)}.${ciphertext}.${text(tag)}`
  }
}

/**
 * One call to the generator for every token. The memory is the same each time, so that no copy of a content key
 * outlives the next token: nothing awaits between drawing and encrypting.
 */
function createDraw(): () => ContentEncryption {
  const drawn = Buffer.alloc(44)
  const parts = { contentKey: drawn.subarray(0, 32), iv: drawn.subarray(32) }
  return () => {
    randomFillSync(drawn)
    return parts
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}
