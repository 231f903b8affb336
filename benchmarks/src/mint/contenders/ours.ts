import { randomBytes } from 'node:crypto'
import {
  createTesouroTokens,
  type SubjectTokenSource,
  signedSubjectToken,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { exportJWK, generateKeyPair } from 'jose'
import { credentials } from '../../credentials.js'
import { usersInTurn } from '../../users.js'

async function subjectTokens(algorithm: string): Promise<SubjectTokenSource> {
  if (algorithm === 'HS256') return signedSubjectToken({ algorithm, key: randomBytes(32) })
  if (algorithm !== 'ES256') return unsecuredSubjectToken()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return signedSubjectToken({ algorithm, key: await exportJWK(privateKey) })
}

export async function create(algorithm = 'none'): Promise<() => unknown> {
  const subjectToken = await subjectTokens(algorithm)
  const tokens = createTesouroTokens({ environment: 'sandbox', ...credentials, subjectToken })
  await tokens.ready()
  const user = usersInTurn(1_000)
  return () => tokens.mintWidgetToken(user())
}
