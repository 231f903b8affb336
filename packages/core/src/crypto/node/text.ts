import { Buffer } from 'node:buffer'
import { createHmac, createSecretKey, hash } from 'node:crypto'

/** The UTF-8 form of a text in base64url (RFC 4648 §5), without padding. */
export function encodeBase64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** SHA-256 of the UTF-8 form of a text, in hex. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}

/** HMAC-SHA-256 (RFC 2104) of the UTF-8 form of a text under one key, in hex. */
export function createHmacHex(key: Uint8Array<ArrayBuffer>): (text: string) => string {
  const secret = createSecretKey(key)
  return (text) => createHmac('sha256', secret).update(text).digest('hex')
}
