/** What is encrypted with: 32 bytes each time, and 12. */
export interface ContentEncryption {
  /** Content encryption key (RFC 7516 §2). */
  contentKey: Uint8Array
  /** Initialization vector (RFC 7518 §5.3). */
  iv: Uint8Array
}

/**
 * Encrypts text to a JWE in compact serialization (RFC 7516 §7.1), under one key. `own`: members of the protected header
 * that this one has in addition to those that all have.
 */
export type JweEncrypter = (
  plaintext: string,
  own?: Readonly<Record<string, string>>,
) => string | Promise<string>

/** What every such JWE says of itself (RFC 7518 §4.4 and §5.3). */
export const jweAlgorithms: { readonly alg: 'A256KW'; readonly enc: 'A256GCM' } = {
  alg: 'A256KW',
  enc: 'A256GCM',
}
