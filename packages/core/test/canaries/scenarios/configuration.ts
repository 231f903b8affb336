import { Buffer } from 'node:buffer'
import { generateKeyPairSync } from 'node:crypto'
import {
  createTesouroTokens,
  memoryTokenCache,
  type SignedSubjectTokenOptions,
  signedSubjectToken,
  subjectTokenFrom,
  tesouroTokensFromEnv,
  unsecuredSubjectToken,
} from '../../../src/index.js'
import { everySecret, hostileError, secrets, signingKeyJwk, signingKeyPem, user } from '../secrets.js'
import type { Scenarios, Stage } from '../stage.js'

const optionNames = [
  ...['environment', 'baseUrl', 'clientId', 'clientSecret', 'widgetSecret', 'credentials', 'tenant', 'clock'],
  ...[
    'credentialsMaxAgeSeconds',
    'subjectToken',
    'widgetTokenLifetimeSeconds',
    'cache',
    'waitUntil',
    'fetch',
  ],
  ...['timeouts', 'retry', 'requestsPerSecond', 'revocationPath', 'onEvent', 'clientSecrett'],
]

/** Secrets as values that no option takes, and as the mistakes that are named by a message of their own. */
const wrongValues: unknown[] = [
  everySecret,
  `${everySecret}\n`,
  [everySecret],
  hostileError(),
  { everySecret, [everySecret]: everySecret, attemptMs: everySecret, attempts: everySecret },
  Buffer.from(everySecret),
  Promise.resolve(everySecret),
  `https://${secrets.clientSecret.replace('/', '')}@bank.example`,
  `https://bank.example/?secret=${encodeURIComponent(everySecret)}`,
  `https://bank.example/#${encodeURIComponent(everySecret)}`,
  `http://${secrets.widgetSecret}.example`,
  `/${secrets.clientSecret}?#`,
  `"${secrets.widgetSecret}"`,
  `0x${secrets.widgetSecret}`,
  `TESOURO_WIDGET_SECRET=${secrets.widgetSecret}`,
  secrets.widgetSecret.slice(1),
  Buffer.from(secrets.widgetSecret).toString('hex'),
  Buffer.from(secrets.widgetSecret, 'hex').toString('base64'),
  Buffer.from(secrets.widgetSecret).toString('base64'),
]

const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({
  format: 'pem',
  type: 'pkcs8',
})
const damagedPem = signingKeyPem.replace(/^(-----BEGIN PRIVATE KEY-----\n).{8}/, '$1')

const wrongKeys: unknown[] = [
  ...wrongValues,
  signingKeyPem.replaceAll('\n', '\\n'),
  signingKeyPem.slice(0, -20),
  signingKeyPem.replaceAll('PRIVATE KEY', 'EC PRIVATE KEY'),
  signingKeyPem.replaceAll('PRIVATE KEY', everySecret),
  `"${signingKeyPem}"`,
  JSON.stringify(signingKeyJwk),
  { ...signingKeyJwk, d: undefined },
  { ...signingKeyJwk, crv: everySecret },
  { ...signingKeyJwk, kty: everySecret },
  { ...signingKeyJwk, alg: everySecret },
  { ...signingKeyJwk, use: everySecret },
  { ...signingKeyJwk, key_ops: [everySecret] },
  { keys: [signingKeyJwk] },
  { privateKey: signingKeyJwk, publicKey: everySecret },
  { kty: 'oct', k: everySecret },
]

const es256 = { algorithm: 'ES256' } as const

/** A key that can only be judged when it is used: from `ready()` and from a mint. */
async function refusedLater(stage: Stage, options: unknown): Promise<void> {
  const subjectToken = signedSubjectToken(options as SignedSubjectTokenOptions)
  const tokens = stage.tokens(undefined, { subjectToken })
  await stage.refused('configuration', () => tokens.ready())
  await stage.refused('configuration', () => tokens.mintWidgetToken(user))
  await stage.refused('configuration', () => tokens.getUserAccessToken(user))
}

export const configuration: Scenarios = {
  async 'secrets as wrong options'(stage) {
    const { clientSecret, widgetSecret } = secrets
    const right = { environment: 'sandbox', clientId: 'client-1', clientSecret, widgetSecret }
    for (const value of wrongValues) {
      for (const name of optionNames) {
        try {
          createTesouroTokens({ ...right, [name]: value } as never)
        } catch (error) {
          stage.show('thrown', error)
        }
      }
      await stage.refused('configuration', () => createTesouroTokens(value as never))
      await stage.refused('configuration', () => memoryTokenCache({ maxEntries: value as never }))
    }
    await stage.refused('configuration', () => createTesouroTokens({ [widgetSecret]: widgetSecret } as never))
  },

  async 'options whose members throw'(stage) {
    const throwing = {
      get clientId(): never {
        throw hostileError()
      },
    }
    await stage.refused('configuration', () => createTesouroTokens(throwing as never))
    await stage.refused('configuration', () => tesouroTokensFromEnv(throwing))
  },

  async 'secrets in the wrong variables'(stage) {
    const names = ['CLIENT_ID', 'CLIENT_SECRET', 'WIDGET_SECRET', 'ENVIRONMENT', 'BASE_URL']
    const keyNames = ['KEY', 'ALGORITHM', 'KEY_ID', 'ISSUER', 'AUDIENCE'].map(
      (name) => `SUBJECT_TOKEN_${name}`,
    )
    for (const value of [...wrongValues, ...wrongKeys].filter((value) => typeof value === 'string')) {
      for (const name of [...names, ...keyNames]) {
        const key = { TESOURO_SUBJECT_TOKEN_KEY: signingKeyPem, TESOURO_SUBJECT_TOKEN_ALGORITHM: 'ES256' }
        const env = { ...key, TESOURO_CLIENT_SECRET: secrets.clientSecret, [`TESOURO_${name}`]: value }
        await stage.refused('configuration', () => tesouroTokensFromEnv({ env }))
      }
    }
    const jwk = `{${everySecret}`
    await stage.refused('configuration', () =>
      tesouroTokensFromEnv({ env: { TESOURO_SUBJECT_TOKEN_KEY: jwk } }),
    )
  },

  async 'keys that cannot be used'(stage) {
    for (const key of wrongKeys) {
      await stage.refused('configuration', () => signedSubjectToken({ key: key as never, ...es256 }))
      await stage.refused('configuration', () =>
        signedSubjectToken({ key: signingKeyPem, algorithm: 'HS256', keyId: key as never }),
      )
      await refusedLater(stage, { key: () => key, ...es256 })
    }
    for (const value of wrongValues) {
      if (value === everySecret) continue
      const options = { key: signingKeyPem, algorithm: value, keyMaxAgeSeconds: value }
      await stage.refused('configuration', () => signedSubjectToken(options as never))
    }
    const bad = `${everySecret}\u0000`
    await stage.refused('configuration', () => unsecuredSubjectToken({ issuer: bad, audience: [bad] }))
    await stage.refused('configuration', () => subjectTokenFrom(everySecret as never))
    await refusedLater(stage, { key: damagedPem, ...es256 })
    await refusedLater(stage, { key: weakRsa, algorithm: 'RS256' })
  },

  async 'a key function that throws'(stage) {
    await refusedLater(stage, { key: () => Promise.reject(hostileError()), ...es256 })
  },

  async 'a credentials function that throws, or answers wrongly'(stage) {
    const answers: (() => unknown)[] = [
      () => {
        throw hostileError()
      },
      () => Promise.reject(hostileError(secrets.widgetSecret)),
      () => everySecret,
      () => ({ clientId: everySecret, clientSecret: `${secrets.clientSecret}\n`, widgetSecret: everySecret }),
      ...wrongValues.map((value) => () => ({ clientId: 'client-1', clientSecret: 'x', widgetSecret: value })),
    ]
    for (const credentials of answers) {
      const tokens = stage.tokens(undefined, { credentials: credentials as never })
      await stage.refused('configuration', () => tokens.ready())
      await stage.refused('configuration', () => tokens.mintWidgetToken(user))
      await stage.refused('configuration', () => tokens.getAppAccessToken())
    }
  },

  async 'a cache that is down when it is asked'(stage) {
    const fail = (): Promise<never> => Promise.reject(hostileError())
    await stage
      .tokens(undefined, { cache: { ...memoryTokenCache(), local: false, get: fail, forget: fail } })
      .ready()
  },

  async 'parts that only one method wants'(stage) {
    const { clientSecret } = secrets
    const without = stage.tokens(undefined, {
      credentials: () => ({ clientId: 'client-1', clientSecret }),
      subjectToken: undefined,
    })
    await stage.refused('configuration', () => without.mintWidgetToken(user))
    await stage.refused('configuration', () => without.getUserAccessToken(user))
    await stage.refused('configuration', () => without.forgetUser(user, { revoke: true }))
  },
}
