import type { CryptoKey } from 'jose'
import { encode } from 'jose/base64url'

/** The UTF-8 form of a text in base64url (RFC 4648 §5), without padding. */
export function encodeBase64url(text: string): string {
  return encode(text)
}

/** SHA-256 of the UTF-8 form of a text, in hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return hex(digest)
}

/** HMAC-SHA-256 (RFC 2104) of the UTF-8 form of a text under one key, in hex. */
export function createHmacHex(key: Uint8Array<ArrayBuffer>): (text: string) => Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  let imported: Promise<CryptoKey> | undefined
  return async (text) => {
    imported ??= crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
    return hex(await crypto.subtle.sign('HMAC', await imported, new TextEncoder().encode(text)))
  }
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
