import { randomBytes } from 'node:crypto'
import {
  createTesouroTokens,
  type SubjectTokenSource,
  signedSubjectToken,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { type Algorithm, bareNodeCrypto } from '../peers/bare-node-crypto.js'
import { publishedSnippet } from '../peers/published-snippet.js'
import { credentials } from '../src/credentials.js'
import { userNumber } from '../src/users.js'

const key = Buffer.from(credentials.widgetSecret, 'hex')
const user = userNumber(1)

/** What a token holds, without what is new in each; the subject token with it, as far as it is signed. */
async function contentOf(token: string): Promise<unknown> {
  const { plaintext, protectedHeader } = await compactDecrypt(token, key)
  const {
    subject_token: subjectToken,
    iat,
    exp,
    ...request
  } = JSON.parse(new TextDecoder().decode(plaintext))
  const [header, claims] = String(subjectToken)
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  const { jti, iat: _, exp: __, ...named } = claims
  expect(jti).toHaveLength(36)
  return { protectedHeader, request, lifetime: exp - iat, header, named, length: plaintext.length }
}

async function subjectTokenBy(algorithm: Algorithm): Promise<SubjectTokenSource> {
  if (algorithm === 'none') return unsecuredSubjectToken()
  if (algorithm === 'HS256') return signedSubjectToken({ algorithm, key: randomBytes(32) })
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return signedSubjectToken({ algorithm, key: await exportJWK(privateKey) })
}

test.each(['none', 'HS256', 'ES256'] as const)(
  'what minting is compared with makes another token than ours (subject token: %s)',
  async (algorithm) => {
    const subjectToken = await subjectTokenBy(algorithm)
    await using tokens = createTesouroTokens({ environment: 'sandbox', ...credentials, subjectToken })
    const ours = await contentOf((await tokens.mintWidgetToken(user)).widgetToken)
    const floor = bareNodeCrypto(credentials, algorithm)
    floor(userNumber(2)) // each token is complete by itself
    expect(await contentOf(floor(user))).toEqual(ours)
    if (algorithm !== 'none') return
    const posted = { userId: user.sub, userEmail: user.email }
    expect(await contentOf(await publishedSnippet(posted, credentials))).toEqual(ours)
  },
)
