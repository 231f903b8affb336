import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'

/** The process that serves this application says with what. */
export const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv(globalThis.listening.options()))

export const userOf = (request) => globalThis.listening.users.get(request.headers.get('x-session'))
