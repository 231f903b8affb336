// What is computed, on Bun and Deno. Both have node:crypto, in which hashes take a fifth of what they take in JavaScript;
// tokens are signed and encrypted by WebCrypto as on workers. Chosen by the `#crypto` import condition of package.json.
import { createHash, createHmac } from 'node:crypto'

export { createJweEncrypter } from './portable/encrypt.js'
export { createJwsSigner, importsExtractable } from './portable/sign.js'
export { encodeBase64url } from './portable/text.js'

/** SHA-256 of the UTF-8 form of a text, in hex. Not by `hash`, which not every version of them has. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** HMAC-SHA-256 (RFC 2104) of the UTF-8 form of a text under one key, in hex. */
export function createHmacHex(key: Uint8Array<ArrayBuffer>): (text: string) => string {
  return (text) => createHmac('sha256', key).update(text).digest('hex')
}
