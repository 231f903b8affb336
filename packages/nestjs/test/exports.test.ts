import * as everything from '@tesouro-tokens/nestjs'
import { expect, test } from 'vitest'

test('an exported name comes or goes unnoticed', () => {
  expect(Object.keys(everything).sort()).toMatchInlineSnapshot(`
    [
      "CacheUnavailableError",
      "ClosedError",
      "ConfigurationError",
      "CurrentUserAccessToken",
      "InjectTesouroTokens",
      "InvalidRequestError",
      "InvalidUserError",
      "RateLimitedError",
      "SubjectTokenError",
      "TesouroTokens",
      "TesouroTokensHealthIndicator",
      "TesouroTokensModule",
      "TokenEndpointError",
      "UpstreamResponseError",
      "UpstreamUnavailableError",
      "UserForgottenError",
      "WIDGET_TOKEN_ROUTE",
      "cacheKeysFromEnv",
      "createTesouroTokens",
      "encryptedTokenCache",
      "getTesouroTokensToken",
      "isTesouroTokensError",
      "layeredTokenCache",
      "memoryTokenCache",
      "signedSubjectToken",
      "subjectTokenFrom",
      "tesouroTokensFromEnv",
      "unsecuredSubjectToken",
    ]
  `)
})
