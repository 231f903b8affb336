import {
  constants,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
  type SignKeyObjectInput,
  sign as signWith,
} from 'node:crypto'
import { expect } from 'vitest'
import {
  createTesouroTokens,
  type ExternallySignedSubjectTokenOptions,
  isTesouroTokensError,
  type SubjectTokenAlgorithm,
  type SubjectTokenSignFunction,
  signedSubjectToken,
  type TesouroTokens,
} from '../../src/index.js'
import { validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
export const ec521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const ed = generateKeyPairSync('ed25519')
export const user = { sub: 'u-1', email: 'u-1@bank.example' }
export const canary = 'canary-of-the-kms'

type Form = 'der' | 'ieee-p1363'

/** What a key management service does with a key that it never gives away. */
export function signature(
  algorithm: SubjectTokenAlgorithm,
  pair: KeyPairKeyObjectResult,
  data: Uint8Array,
  form: Form,
): Buffer {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const input: SignKeyObjectInput = {
    key: pair.privateKey,
    dsaEncoding: form,
    ...(algorithm.startsWith('PS') && pss),
  }
  return signWith(hash, data, input)
}

export const signerOf =
  (
    algorithm: SubjectTokenAlgorithm,
    pair: KeyPairKeyObjectResult,
    form: Form = 'der',
  ): SubjectTokenSignFunction =>
  (data) =>
    signature(algorithm, pair, data, form)

export function tokensWith(options: Partial<ExternallySignedSubjectTokenOptions>): TesouroTokens {
  const whole: ExternallySignedSubjectTokenOptions = {
    algorithm: 'ES256',
    sign: signerOf('ES256', ec),
    ...options,
  }
  return createTesouroTokens(validOptions({ subjectToken: signedSubjectToken(whole) }))
}

export async function mint(tokens: TesouroTokens, sub = user.sub): Promise<string> {
  const { widgetToken } = await tokens.mintWidgetToken({ ...user, sub })
  return String((await openWidgetToken(widgetToken)).payload.subject_token)
}

export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; retryable: boolean }> {
  const error = await work.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  )
  if (!isTesouroTokensError(error)) throw error
  expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(canary)
  const { code, message, retryable } = error
  return { code, message, retryable }
}
