import * as everything from '@tesouro-tokens/next'
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
      "initialWidgetToken",
      "isTesouroTokensError",
      "layeredTokenCache",
      "memoryTokenCache",
      "sharedTesouroTokens",
      "signedSubjectToken",
      "subjectTokenFrom",
      "tesouroTokensFromEnv",
      "unsecuredSubjectToken",
      "widgetTokenAction",
      "widgetTokenApiRoute",
      "widgetTokenRoute",
    ]
  `)
})
