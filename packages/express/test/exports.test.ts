import * as everything from '@tesouro-tokens/express'
import { expect, test } from 'vitest'

test('an exported name comes or goes unnoticed', () => {
  expect(Object.keys(everything).sort()).toMatchInlineSnapshot(`
    [
      "CacheUnavailableError",
      "ClosedError",
      "ConfigurationError",
      "InvalidRequestError",
      "InvalidUserError",
      "RateLimitedError",
      "SubjectTokenError",
      "TesouroTokens",
      "TokenEndpointError",
      "UpstreamResponseError",
      "UpstreamUnavailableError",
      "UserForgottenError",
      "cacheKeysFromEnv",
      "createTesouroTokens",
      "encryptedTokenCache",
      "isTesouroTokensError",
      "layeredTokenCache",
      "memoryTokenCache",
      "signedSubjectToken",
      "subjectTokenFrom",
      "tesouroTokensFromEnv",
      "tesouroTokensRouter",
      "unsecuredSubjectToken",
    ]
  `)
})
