// What a worker needs that only hands out widget tokens.
import { tesouroTokensFromEnv, widgetTokenEndpoint } from '@tesouro-tokens/core'

let handle: ((request: Request) => Promise<Response>) | undefined

export default {
  fetch(request: Request, env: Record<string, string>): Promise<Response> {
    handle ??= widgetTokenEndpoint({
      tokens: tesouroTokensFromEnv({ env }),
      getUser: () => ({ sub: 'user-1', email: 'user-1@bank.example' }),
    })
    return handle(request)
  },
}
