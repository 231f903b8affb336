import { createTesouroTokens, type TesouroTokens, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { credentials } from '../credentials.js'

export function createTokens(): TesouroTokens {
  const subjectToken = unsecuredSubjectToken()
  return createTesouroTokens({ environment: 'sandbox', ...credentials, subjectToken })
}
