import { Buffer } from 'node:buffer'
import { constants, createHmac, KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import type { CryptoKey } from 'jose'
import type { JwsSigner, SignatureKind } from '../jws-signer.js'
import { createJwsSigner as createPortableSigner } from '../portable/sign.js'

/** Whether keys are imported such that they could be exported: only from such a key makes Node one that signs at once. */
export const importsExtractable: boolean = true

/**
 * Signs through node:crypto. HMAC, ES256 and Ed25519 take less time than the way to another thread and back. The
 * others take a multiple of that and would hold up every other request, so they go to the thread pool.
 */
export async function createJwsSigner(key: CryptoKey, kind: SignatureKind): Promise<JwsSigner> {
  if (!key.extractable) return createPortableSigner(key, kind)
  const signature = signatureBy(KeyObject.from(key), kind)
  const header = `${Buffer.from(JSON.stringify(kind.header)).toString('base64url')}.`
  return (payload) => {
    const signed = `${header}${Buffer.from(payload).toString('base64url')}`
    const made = signature(signed)
    return typeof made === 'string' ? `${signed}.${made}` : made.then((made) => `${signed}.${made}`)
  }
}

function signatureBy(
  key: KeyObject,
  { algorithm, row }: SignatureKind,
): (text: string) => string | Promise<string> {
  const hash = row.kty === 'OKP' ? null : `sha${algorithm.slice(2)}`
  switch (row.kty) {
    case 'oct':
      return (text) => createHmac(String(hash), key).update(text).digest('base64url')
    case 'OKP':
      return (text) => sign(null, Buffer.from(text), key).toString('base64url')
    case 'EC': {
      // RFC 7518 §3.4: R and S side by side
      const input: SignKeyObjectInput = { key, dsaEncoding: 'ieee-p1363' }
      if (algorithm !== 'ES256') return (text) => inThreadPool(hash, text, input)
      return (text) => sign(hash, Buffer.from(text), input).toString('base64url')
    }
    case 'RSA': {
      const input: SignKeyObjectInput =
        row.webCrypto.name === 'RSA-PSS'
          ? // RFC 7518 §3.5: a salt as long as the hash
            { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
          : { key, padding: constants.RSA_PKCS1_PADDING }
      return (text) => inThreadPool(hash, text, input)
    }
  }
}

function inThreadPool(hash: string | null, text: string, key: SignKeyObjectInput): Promise<string> {
  return new Promise((resolve, reject) => {
    sign(hash, Buffer.from(text), key, (error, signature) => {
      if (error === null) resolve(signature.toString('base64url'))
      else reject(error)
    })
  })
}
