import type { CryptoKey } from 'jose'
import { CompactSign } from 'jose/jws/compact/sign'
import type { JwsSigner, SignatureKind } from '../jws-signer.js'

/** Whether keys are imported such that they could be exported: nothing here ever exports one. */
export const importsExtractable: boolean = false

/** Signs with WebCrypto, by way of jose. */
export async function createJwsSigner(
  key: CryptoKey,
  { algorithm, header }: SignatureKind,
): Promise<JwsSigner> {
  const protectedHeader = { ...header, alg: algorithm }
  return (payload) =>
    new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(protectedHeader).sign(key)
}
