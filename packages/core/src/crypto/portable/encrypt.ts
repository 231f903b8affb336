import type { CryptoKey } from 'jose'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { type ContentEncryption, type JweEncrypter, jweAlgorithms } from '../jwe-encrypter.js'

/**
 * Makes an encrypter for a key of 32 bytes, out of jose and WebCrypto. The key is imported once; the content
 * encryption key and the initialization vector are drawn for each token, by jose.
 *
 * @param members further members of the protected header, such as `kid`
 * @param draw what to encrypt with instead, so that a test can compare
 */
export function createJweEncrypter(
  key: Uint8Array<ArrayBuffer>,
  members: Readonly<Record<string, string>> = {},
  draw?: () => ContentEncryption,
): JweEncrypter {
  const header = { ...jweAlgorithms, ...members }
  let imported: Promise<CryptoKey> | undefined
  return async (plaintext, own) => {
    imported ??= crypto.subtle.importKey('raw', key, 'AES-KW', false, ['wrapKey'])
    const jwe = new CompactEncrypt(new TextEncoder().encode(plaintext)).setProtectedHeader({
      ...header,
      ...own,
    })
    if (draw !== undefined) {
      const { contentKey, iv } = draw()
      jwe.setContentEncryptionKey(contentKey).setInitializationVector(iv)
    }
    return jwe.encrypt(await imported)
  }
}
