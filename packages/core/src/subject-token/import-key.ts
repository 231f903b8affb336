import type { CryptoKey, JWK } from 'jose'
import { decode } from 'jose/base64url'
import { importJWK, importPKCS8 } from 'jose/key/import'
import { importsExtractable } from '#crypto'
import type { AlgorithmRow } from '../crypto/signature-algorithms.js'
import { ConfigurationError } from '../errors.js'
import { keyProblem, kindOfKey } from './key-problem.js'
import type { SubjectTokenKey } from './subject-token-key.js'

/**
 * Makes a key that WebCrypto signs with, once, so that no token pays for it again.
 *
 * @throws ConfigurationError when the key does not fit the algorithm
 */
export async function importKey(
  key: SubjectTokenKey,
  { algorithm, row, name }: { algorithm: string; row: AlgorithmRow; name: string },
): Promise<CryptoKey> {
  const refuse = (problem: string): never => {
    throw new ConfigurationError([`${name}: ${problem}`])
  }
  const problem = keyProblem(key, algorithm, row)
  if (problem !== undefined) return refuse(problem)
  let imported: CryptoKey
  try {
    imported = await convert(key, algorithm, row)
  } catch {
    // jose's words are dropped: they may quote what they could not read
    return refuse(
      `cannot be imported for ${algorithm}: is it whole, and of the right kind? npx @tesouro-tokens/cli keygen subject-token makes one that is`,
    )
  }
  // what could not be seen before, such as the size of an RSA key in PEM
  const later = keyProblem(imported, algorithm, row)
  return later === undefined ? imported : refuse(later)
}

async function convert(key: SubjectTokenKey, algorithm: string, row: AlgorithmRow): Promise<CryptoKey> {
  switch (kindOfKey(key)) {
    case 'CryptoKey':
      return key as CryptoKey
    case 'text':
      return importPKCS8((key as string).trim(), algorithm, { extractable: importsExtractable })
    case 'bytes':
      return importSecret(key as Uint8Array, row)
    case 'KeyObject':
      return convertKeyObject(key as ExportableKey, algorithm, row)
    default: {
      const { alg, ...jwk } = key as JWK & { k?: string }
      return row.kty === 'oct' ? importSecret(decode(jwk.k ?? ''), row) : privateJwk(jwk, algorithm)
    }
  }
}

/** `alg` is left out because EdDSA and Ed25519 may stand for each other; it was compared before. */
async function privateJwk(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const imported = await importJWK(jwk, algorithm, { extractable: importsExtractable })
  if (imported instanceof Uint8Array) throw new TypeError('a secret key came out of a private one')
  return imported
}

function importSecret(bytes: Uint8Array, row: AlgorithmRow): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', Uint8Array.from(bytes), row.webCrypto, importsExtractable, ['sign'])
}

interface ExportableKey {
  type: string
  export(options?: { format: 'pem'; type: 'pkcs8' }): unknown
}

async function convertKeyObject(
  key: ExportableKey,
  algorithm: string,
  row: AlgorithmRow,
): Promise<CryptoKey> {
  if (key.type === 'secret') return importSecret(key.export() as Uint8Array, row)
  return importPKCS8(String(key.export({ format: 'pem', type: 'pkcs8' })).trim(), algorithm, {
    extractable: importsExtractable,
  })
}
