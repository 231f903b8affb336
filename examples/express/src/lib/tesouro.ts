import { tesouroTokensFromEnv } from '@tesouro-tokens/express'

/** One for the whole process: it holds the keys and the cache. Everything it needs is in the environment. */
export const tokens = tesouroTokensFromEnv({
  onEvent: (event) => console.log(JSON.stringify(event)),
})
