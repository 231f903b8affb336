import type { AlgorithmRow, SubjectTokenAlgorithm } from './signature-algorithms.js'

/** Signs a payload to a JWS in compact serialization (RFC 7515 §7.1), under one key and one header. */
export type JwsSigner = (payload: string) => string | Promise<string>

/** What a signature is made of, in addition to the key. */
export interface SignatureKind {
  algorithm: SubjectTokenAlgorithm
  row: AlgorithmRow
  /** Members of the protected header, `alg` among them. */
  header: Readonly<Record<string, string>>
}
