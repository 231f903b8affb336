import { encode } from 'jose/base64url'
import { compactVerify } from 'jose/jws/compact/verify'
import { encodeBase64url } from '#crypto'
import { outsideAsyncContext } from '#runtime'
import { joseSignature } from '../crypto/ec-signature.js'
import type { SignatureKind } from '../crypto/jws-signer.js'
import { ConfigurationError, SubjectTokenError } from '../errors.js'
import { askApplication } from '../lib/call-application.js'
import { pause } from '../lib/deadline.js'
import { importPublicKey } from './import-public-key.js'
import type { SubjectTokenPublicKey } from './public-key.js'

/**
 * Signs bytes with a key that never leaves a KMS or HSM. Gives the signature's bytes: for EC keys as DER or as R and S
 * side by side.
 */
export type SubjectTokenSignFunction = (
  data: Uint8Array<ArrayBuffer>,
  context: { signal: AbortSignal },
) => Uint8Array | ArrayBuffer | Promise<Uint8Array | ArrayBuffer>

/** For one token, all attempts together. */
const deadlineMs = 5_000
const attempts = 3
const longestPauseMs = 100

/** Signs a payload to a JWS in compact serialization, by way of the application's function. */
export type ExternalSigner = (payload: string, signal: AbortSignal | undefined) => Promise<string>

/**
 * Asks the function once for each token, and again only after it has failed, so that no token is ever being signed
 * twice at a time. With a public key, signatures are checked until one was right.
 */
export function createExternalSigner(options: {
  sign: SubjectTokenSignFunction
  publicKey: SubjectTokenPublicKey | undefined
  kind: SignatureKind
  nameOf: (option: string) => string
}): ExternalSigner {
  const { sign, publicKey, kind, nameOf } = options
  const header = `${encodeBase64url(JSON.stringify(kind.header))}.`
  const failure = (what: string): SubjectTokenError =>
    new SubjectTokenError(`${nameOf('sign')}: the function ${what}`, { retryable: true })
  let checked = publicKey === undefined

  const ask = async (data: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // a copy each time: what it does to it is nobody else's concern
        return await outsideAsyncContext(() => sign(data.slice(), { signal }))
      } catch (error) {
        if (attempt === attempts || signal.aborted) throw error
        await pause(Math.random() * longestPauseMs * attempt, signal)
      }
    }
  }

  return (payload, parent) => {
    const signed = `${header}${encodeBase64url(payload)}`
    const data = new TextEncoder().encode(signed)
    const read = async (answer: unknown): Promise<string> => {
      const token = `${signed}.${encode(readSignature(answer, kind, nameOf('sign')))}`
      if (!checked && publicKey !== undefined) {
        await checkSignature(token, publicKey, kind.algorithm, nameOf)
        checked = true
      }
      return token
    }
    return askApplication((signal) => ask(data, signal), read, { ms: deadlineMs, signal: parent, failure })
  }
}

/** @throws ConfigurationError when what the function gave is no signature of this algorithm */
function readSignature(answer: unknown, { algorithm, row }: SignatureKind, name: string): Uint8Array {
  const refuse = (problem: string): never => {
    throw new ConfigurationError([`${name}: ${problem}`])
  }
  if (typeof answer === 'string') {
    return refuse('the function returned text: decode the base64, and return the bytes of the signature')
  }
  const bytes = bytesOf(answer)
  if (bytes === undefined) return refuse('the function returned no bytes (Uint8Array or ArrayBuffer)')
  if (row.kty === 'EC') {
    const found = joseSignature(bytes, row.crv)
    return (
      found ?? refuse(`the function returned no ${algorithm} signature, neither as DER nor as R and S joined`)
    )
  }
  const fits =
    row.kty === 'RSA'
      ? bytes.length >= 256 && bytes.length <= 1_024
      : bytes.length === (row.kty === 'OKP' ? 64 : row.bytes)
  return fits
    ? bytes
    : refuse(`the function returned ${bytes.length} bytes, which is no ${algorithm} signature`)
}

/** A copy of the bytes; not by `instanceof`, because they may come from another realm (a test runner's, for example). */
function bytesOf(answer: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(answer)) {
    return Uint8Array.from(new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength))
  }
  const isBuffer = Object.prototype.toString.call(answer) === '[object ArrayBuffer]'
  return isBuffer ? Uint8Array.from(new Uint8Array(answer as ArrayBuffer)) : undefined
}

/** @throws ConfigurationError when the token was signed with another key than the public one's */
async function checkSignature(
  token: string,
  publicKey: SubjectTokenPublicKey,
  algorithm: string,
  nameOf: (option: string) => string,
): Promise<void> {
  const key = await importPublicKey(publicKey, algorithm, nameOf('publicKey'))
  try {
    await compactVerify(token, key, { algorithms: [algorithm] })
  } catch {
    throw new ConfigurationError([
      `${nameOf('sign')}: its signature does not fit publicKey: another key, another algorithm than ${algorithm}, ` +
        'or a digest that was hashed once more',
    ])
  }
}
