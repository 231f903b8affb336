import type { CryptoKey, JWK, KeyObject } from 'jose'
import { importJWK, importSPKI } from 'jose/key/import'
import { ConfigurationError } from '../errors.js'
import { kindOfKey } from './key-problem.js'
import type { SubjectTokenPublicKey } from './public-key.js'

/** @throws ConfigurationError when the key cannot be read for this algorithm */
export async function importPublicKey(
  key: SubjectTokenPublicKey,
  algorithm: string,
  name: string,
): Promise<CryptoKey | KeyObject | Uint8Array> {
  try {
    if (typeof key === 'string') return await importSPKI(key.trim(), algorithm)
    if (kindOfKey(key) !== 'jwk') return key as CryptoKey | KeyObject
    const { alg: _alg, key_ops: _ops, use: _use, ...jwk } = key as JWK
    return await importJWK(jwk, algorithm)
  } catch {
    throw new ConfigurationError([
      `${name}: cannot be imported for ${algorithm}: is it whole, and of the right kind?`,
    ])
  }
}
