import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import {
  type ExternallySignedSubjectTokenOptions,
  type SubjectTokenSignFunction,
  signedSubjectToken,
  type TesouroTokens,
} from '../../../src/index.js'
import { everySecret, hostileError, secrets, signingKeyPem, user } from '../secrets.js'
import type { Scenarios, Stage } from '../stage.js'

const key = createPrivateKey(signingKeyPem)
const publicKey = createPublicKey(key)
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const bytes = new TextEncoder().encode(everySecret)
const signs: SubjectTokenSignFunction = (data) => sign('sha256', data, key)
const fails = (): never => {
  throw hostileError(secrets.signingKey)
}

function tokensWith(
  stage: Stage,
  options: { [Name in keyof ExternallySignedSubjectTokenOptions]?: unknown },
): TesouroTokens {
  const whole = { algorithm: 'ES256', sign: signs, ...options } as ExternallySignedSubjectTokenOptions
  return stage.tokens(undefined, { subjectToken: signedSubjectToken(whole) })
}

export const externalSigners: Scenarios = {
  async 'a KMS that fails'(stage) {
    for (const sign of [fails, async () => fails()]) {
      const tokens = tokensWith(stage, { sign })
      await stage.refused('subject_token', () => tokens.mintWidgetToken(user))
      await stage.refused('configuration', () => tokens.ready())
    }
  },

  async 'a KMS that gives everything but a signature'(stage) {
    const answers = [everySecret, { everySecret }, undefined, bytes]
    for (const algorithm of ['ES256', 'RS256', 'EdDSA']) {
      for (const answer of algorithm === 'RS256' ? [bytes.subarray(0, 20)] : answers) {
        const tokens = tokensWith(stage, { algorithm, sign: () => answer })
        await stage.refused('configuration', () => tokens.mintWidgetToken(user))
      }
    }
  },

  async 'a KMS that signs with another key, and public keys that are none'(stage) {
    const pem = String(publicKey.export({ format: 'pem', type: 'spki' }))
    for (const given of [stranger, pem.slice(0, -60), { kty: 'EC', crv: everySecret, x: everySecret }]) {
      const tokens = tokensWith(stage, { publicKey: given })
      await stage.refused('configuration', () => tokens.mintWidgetToken(user))
    }
    await stage.refused('configuration', () => tokensWith(stage, { publicKey: signingKeyPem }))
    await stage.refused('configuration', () =>
      tokensWith(stage, { sign: everySecret, publicKey: everySecret }),
    )
  },
}
