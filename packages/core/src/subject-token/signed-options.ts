import type { SubjectTokenAlgorithm } from '../crypto/signature-algorithms.js'
import type { IssuerOptions } from './claims.js'
import type { SubjectTokenSignFunction } from './external-signer.js'
import type { SubjectTokenPublicKey } from './public-key.js'
import type { SubjectTokenKey } from './subject-token-key.js'

/** Options of `signedSubjectToken` with a key in this process. */
export interface SignedSubjectTokenOptions extends IssuerOptions {
  /** The private key, or a function that returns it, for a secret manager. A key in a KMS or HSM signs by `sign`. */
  key: SubjectTokenKey | (() => SubjectTokenKey | Promise<SubjectTokenKey>)
  /** `alg` of the token (RFC 7518 §3.1), as agreed at onboarding. Never read from the key. */
  algorithm: SubjectTokenAlgorithm
  /** `kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key. */
  keyId?: string | undefined
  /** How old the answer of a `key` function may be, in seconds, before it is called again in the background. Default 300. */
  keyMaxAgeSeconds?: number | undefined
}

/** Options of `signedSubjectToken` with a key in a KMS or HSM. */
export interface ExternallySignedSubjectTokenOptions extends IssuerOptions {
  /**
   * Signs the given bytes and returns the signature's bytes; for EC keys DER, or R and S joined. It has 5 seconds for a
   * token; when it throws it is called again, twice at most. It runs outside any request.
   */
  sign: SubjectTokenSignFunction
  /** The public key: the first signature is checked with it. Default: no check. */
  publicKey?: SubjectTokenPublicKey | undefined
  /** `alg` of the token (RFC 7518 §3.1). */
  algorithm: SubjectTokenAlgorithm
  /** `kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key. */
  keyId?: string | undefined
}
