import { generateKeyPairSync } from 'node:crypto'
import {
  createTesouroTokens,
  isTesouroTokensError,
  type SubjectTokenAlgorithm,
  signedSubjectToken,
  subjectTokenFrom,
} from '@tesouro-tokens/core'
import fc, { type Arbitrary } from 'fast-check'
import { type Fuzzer, hold } from './fuzzer.js'
import { damaged, nearly, text } from './values.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
const jwk: { readonly [name: string]: unknown } = { ...privateKey.export({ format: 'jwk' }) }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
const algorithm: Arbitrary<SubjectTokenAlgorithm> = fc.constantFrom('ES256', 'RS256', 'EdDSA', 'HS256')

const common = {
  environment: 'sandbox',
  clientId: 'client-1',
  clientSecret: 'canary-of-the-client',
  widgetSecret: '0f'.repeat(32),
} as const
const user = { sub: 'alice', email: 'alice@bank.example' }

/** An error of ours, in which nothing of the key stands. */
function holdRefusal(error: unknown, key: unknown): void {
  hold(isTesouroTokensError(error, 'configuration'), `threw ${String(error)}`)
  const said = error instanceof Error ? `${error.message}${error.stack}` : ''
  const ofTheKey = typeof key === 'string' ? (key.match(/[A-Za-z0-9+/]{20,}/g) ?? []) : [String(jwk.d)]
  for (const run of ofTheKey) hold(!said.includes(run.slice(0, 20)), 'shows a part of the key')
}

async function mintWith(key: unknown, alg: SubjectTokenAlgorithm): Promise<void> {
  try {
    // As JavaScript would call it: the types allow none of these.
    const subjectToken = signedSubjectToken({ key: key as string, algorithm: alg })
    const tokens = createTesouroTokens({ ...common, subjectToken })
    await tokens.ready()
    await tokens.mintWidgetToken(user)
    await tokens.close()
  } catch (error) {
    holdRefusal(error, key)
  }
}

/** Keys as PEM text. */
export const pems: Fuzzer = {
  name: 'PEM',
  property: () => {
    const whole = fc.constantFrom(pem, String(rsa.export({ format: 'pem', type: 'pkcs1' })), 'ssh-rsa AAAA')
    return fc.asyncProperty(fc.oneof(text, whole.chain(damaged)), algorithm, mintWith)
  },
}

/** Keys as JWK, bytes and anything else. */
export const jwks: Fuzzer = {
  name: 'JWK',
  property: () => {
    const oct = nearly({ kty: 'oct', k: 'A'.repeat(43), alg: 'HS256', use: 'sig', key_ops: ['sign'] })
    const key = fc.oneof(nearly({ ...jwk, alg: 'ES256' }), oct, fc.uint8Array(), fc.anything())
    // A function is asked for the key, and may give anything or throw.
    return fc.asyncProperty(
      key.filter((one) => typeof one !== 'function'),
      algorithm,
      mintWith,
    )
  },
}

/** Subject tokens that were made elsewhere. */
export const foreignTokens: Fuzzer = {
  name: 'subject tokens',
  property: () => {
    const part = fc
      .oneof(nearly({ alg: 'ES256', typ: 'JWT' }), nearly({ ...user, exp: 4e9, nbf: 1 }), fc.jsonValue())
      .map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url'))
    const token = fc.oneof(
      text,
      fc.tuple(part, part, fc.constantFrom('', 'c2ln')).map((parts) => parts.join('.')),
      fc.anything(),
    )
    return fc.asyncProperty(token, async (given) => {
      const subjectToken = subjectTokenFrom(async () => given as string)
      const tokens = createTesouroTokens({ ...common, subjectToken })
      try {
        const { widgetToken } = await tokens.mintWidgetToken(user)
        hold(widgetToken.split('.').length === 5, 'is no widget token')
      } catch (error) {
        hold(isTesouroTokensError(error, 'subject_token'), `threw ${String(error)}`)
      }
      await tokens.close()
    })
  },
}
