import { sharedTesouroTokens, widgetTokenRoute } from '@tesouro-tokens/next'
import { sessionHeader, userOf } from '../../../../dist/src/endpoint/session.js'
import { createTokens } from '../../../../dist/src/endpoint/tokens.js'

export const { POST, OPTIONS } = widgetTokenRoute({
  tokens: sharedTesouroTokens(createTokens),
  getUser: (request) => userOf(request.headers.get(sessionHeader)),
})
