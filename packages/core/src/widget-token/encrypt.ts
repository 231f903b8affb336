import { CompactEncrypt, type CryptoKey } from 'jose'

/** Encrypts to a JWE in compact serialization, under one key. */
export type JweEncrypter = (plaintext: Uint8Array) => Promise<string>

const header = { alg: 'A256KW', enc: 'A256GCM' } as const

/**
 * Makes an encrypter for a key of 32 bytes (RFC 7518 §4.4 and §5.3). The key is imported once; the content
 * encryption key and the initialization vector are drawn anew for every token.
 */
export function createJweEncrypter(key: Uint8Array<ArrayBuffer>): JweEncrypter {
  let imported: Promise<CryptoKey> | undefined
  return async (plaintext) => {
    imported ??= crypto.subtle.importKey('raw', key, 'AES-KW', false, ['wrapKey'])
    return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(await imported)
  }
}
