import type { CryptoKey, JWK, KeyObject } from 'jose'

/** A key that signs subject tokens: PKCS8 PEM text, a JWK, a CryptoKey, a KeyObject, or random bytes for HS256 and its kin. */
export type SubjectTokenKey = string | JWK | CryptoKey | KeyObject | Uint8Array
