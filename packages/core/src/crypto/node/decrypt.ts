import type { compactDecrypt } from 'jose/jwe/compact/decrypt'

/** Gives jose's decryption of JWEs. Loaded when something is first opened: a process that only mints needs none of it. */
export async function loadJweDecrypt(): Promise<typeof compactDecrypt> {
  return (await import('jose/jwe/compact/decrypt')).compactDecrypt
}
