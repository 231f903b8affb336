import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createTesouroTokens, signedSubjectToken, type TesouroUser } from '@tesouro-tokens/core'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { exportJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, implementations, isMissing } from '../src/implementations.js'

/** Tokens each way and implementation; `npm run soak -- foreign` wants 1,000. */
const count = Number(process.env.FOREIGN_TOKENS ?? 100)
const widgetSecret = randomBytes(32).toString('hex')
const clientSecret = 'client-secret "quoted" & more'
const clientId = 'client-1'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const widgetKey: JWK = { kty: 'oct', k: Buffer.from(widgetSecret, 'hex').toString('base64url') }

let sandbox: Sandbox
beforeAll(async () => {
  const subjectTokenKeys = [{ key: publicKey, algorithm: 'ES256' }]
  sandbox = await startSandbox({
    rateLimit: false,
    clients: [{ clientId, clientSecret, widgetSecret, subjectTokenKeys }],
  })
})
afterAll(() => sandbox?.close())

/** Everybody is somebody else, with letters of many scripts in claims of every length. */
function userOf(index: number): TesouroUser {
  const name = ['Zoë', 'Łukasz', '张伟', 'محمد', '👩‍💻', 'a"b\\c', ' '][index % 7] ?? ''
  return {
    sub: `u-${index}`,
    email: `u-${index}@bank.example`,
    claims: { name, roles: Array.from({ length: index % 5 }, (_, n) => `role-${n}`), index },
    requestParameters: { scope: 'x'.repeat(index % 97) },
  }
}
const users = Array.from({ length: count }, (_, index) => userOf(index))

describe.each(implementations.filter((one) => !isMissing(one)))('$name', (implementation) => {
  it('opens our widget tokens otherwise than they were meant, or finds another signature', async () => {
    const tokens = createTesouroTokens({
      baseUrl: sandbox.baseUrl,
      clientId,
      clientSecret,
      widgetSecret,
      subjectToken: signedSubjectToken({
        key: privateKey,
        algorithm: 'ES256',
        issuer: 'https://bank.example',
      }),
    })
    const minted = await Promise.all(users.map((user) => tokens.mintWidgetToken(user)))
    const open = minted.map(({ widgetToken }) => widgetToken)
    const signingKey = await exportJWK(publicKey)
    const opened = await ask(implementation, { widgetKey, signingKey, open, make: [] })
    expect(opened).toHaveLength(count)
    for (const [index, { sub, email, claims, requestParameters }] of users.entries()) {
      const times = { exp: minted[index]?.exp, iat: expect.any(Number) }
      expect(opened[index]).toEqual({
        payload: {
          ...requestParameters,
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          client_id: clientId,
          client_secret: clientSecret,
          subject_token: expect.stringMatching(/^eyJ/),
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          ...times,
        },
        claims: { ...claims, iss: 'https://bank.example', sub, email, jti: expect.any(String), ...times },
      })
    }
  }, 900_000)

  it('makes widget tokens that the sandbox refuses', async () => {
    const iat = Math.floor(Date.now() / 1_000)
    const make = users.map(({ sub, email, claims }) => ({
      payload: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        client_id: clientId,
        client_secret: clientSecret,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        iat,
        exp: iat + 600,
      },
      claims: { ...claims, sub, email, iat, exp: iat + 600 },
    }))
    const made = await ask(implementation, {
      widgetKey,
      signingKey: await exportJWK(privateKey),
      open: [],
      make,
    })
    expect(made).toHaveLength(count)
    const refused: string[] = []
    for (const token of made) {
      const answer = await fetch(new URL('/api/widget-gateway/init', sandbox.baseUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      const text = await answer.text()
      if (answer.status !== 200) refused.push(text)
    }
    expect(refused).toEqual([])
  }, 900_000)
})
