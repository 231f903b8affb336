import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { encode } from 'jose/base64url'

/** The UTF-8 form of a text in base64url (RFC 4648 §5), without padding. */
export function encodeBase64url(text: string): string {
  return encode(text)
}

/** SHA-256 of the UTF-8 form of a text, in hex. Not by WebCrypto, whose digest is a promise. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** HMAC-SHA-256 (RFC 2104) of the UTF-8 form of a text under one key, in hex. */
export function createHmacHex(key: Uint8Array<ArrayBuffer>): (text: string) => string {
  // Keyed at the first use, because workers compute as little as possible while modules are loaded.
  let keyed: ReturnType<typeof hmac.create> | undefined
  return (text) => {
    keyed ??= hmac.create(sha256, key)
    return bytesToHex(keyed.clone().update(utf8ToBytes(text)).digest())
  }
}
