import type { CryptoKey, JWK, KeyObject } from 'jose'
import { kindOfKey } from './key-problem.js'

/** A public key: SPKI PEM text, a JWK, a CryptoKey or a KeyObject. */
export type SubjectTokenPublicKey = string | JWK | CryptoKey | KeyObject

/** Why a value is no public key, as far as the key itself shows; `undefined` when nothing speaks against it. */
export function publicKeyProblem(key: unknown): string | undefined {
  switch (kindOfKey(key)) {
    case 'text':
      return pemProblem(String(key))
    case 'jwk':
      if (typeof key === 'object' && key !== null && ('d' in key || 'k' in key)) return privateProblem
      return undefined
    case 'CryptoKey':
    case 'KeyObject':
      return (key as { type: string }).type === 'public' ? undefined : privateProblem
    default:
      return 'must be PEM, a JWK, a CryptoKey or a KeyObject'
  }
}

const privateProblem = 'is no public key: give the public half'

function pemProblem(text: string): string | undefined {
  if (text.includes('PRIVATE KEY')) return privateProblem
  return /^\s*-----BEGIN PUBLIC KEY-----/.test(text)
    ? undefined
    : 'must be PEM that begins with -----BEGIN PUBLIC KEY-----'
}
