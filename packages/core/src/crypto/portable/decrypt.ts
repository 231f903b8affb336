import { compactDecrypt } from 'jose/jwe/compact/decrypt'

/** Gives jose's decryption of JWEs. At hand, because most of it is what jose encrypts with. */
export async function loadJweDecrypt(): Promise<typeof compactDecrypt> {
  return compactDecrypt
}
