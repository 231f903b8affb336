import type { CryptoKey } from 'jose'
import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { createJweEncrypter, sha256Hex } from '#crypto'
import { jweAlgorithms } from '../crypto/jwe-encrypter.js'
import type { TokenKey } from '../identity/token-key.js'

/** What a sealed value is bound to: where and under which generation it is kept, and until when it lives. */
export interface SealedFor extends TokenKey {
  generation: string
  /** In milliseconds since the epoch. */
  until: number
}

/** What a value that opens says of itself. */
export type SealedTerms = { readonly [name: string]: unknown }

/** Seals values at rest. */
export interface Sealing {
  seal(value: string, terms: SealedFor): Promise<string>
  /** `undefined`: none of the keys opens it. What it was sealed for is the caller's to compare. */
  open(sealed: string): Promise<{ value: string; terms: SealedTerms } | undefined>
}

/**
 * Sealing as JWE in compact serialization, the widget token's own way. The protected header is the only additional
 * authenticated data of such a JWE (RFC 7516 §5.1, step 14), so it holds what a value is bound to. A value that was
 * moved to another name, put back after a logout or kept alive has the wrong terms there, and only a key can write
 * others. Names are hashes, and the store shows them anyway.
 */
export function createSealing(keys: readonly Uint8Array<ArrayBuffer>[]): Sealing {
  const [first = new Uint8Array()] = keys
  const encrypt = createJweEncrypter(first)
  // At the first use, because workers compute nothing while modules are loaded.
  let firstId: string | undefined
  let byId: Promise<Map<unknown, CryptoKey>> | undefined

  return {
    async seal(value, { subject, variant, generation, until }) {
      firstId ??= keyId(first)
      return encrypt(value, { kid: firstId, subject, variant, generation, until: `${Math.floor(until)}` })
    },

    async open(sealed) {
      byId ??= imported(keys)
      const keysById = await byId
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          sealed,
          ({ kid }) => {
            const chosen = keysById.get(kid)
            if (chosen === undefined) throw new Error('of no key')
            return chosen
          },
          {
            keyManagementAlgorithms: [jweAlgorithms.alg],
            contentEncryptionAlgorithms: [jweAlgorithms.enc],
          },
        )
        return { value: new TextDecoder().decode(plaintext), terms: { ...protectedHeader } }
      } catch {
        // whatever it was, it is not ours
        return undefined
      }
    },
  }
}

async function imported(keys: readonly Uint8Array<ArrayBuffer>[]): Promise<Map<unknown, CryptoKey>> {
  const pairs = keys.map(async (bytes) => {
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-KW', false, ['unwrapKey'])
    return [keyId(bytes), key] as const
  })
  return new Map(await Promise.all(pairs))
}

/** Tells keys apart and says nothing of them: the beginning of a hash over 32 random bytes. */
function keyId(key: Uint8Array): string {
  return sha256Hex(`cache key ${Array.from(key).join(' ')}`).slice(0, 16)
}
