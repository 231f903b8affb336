import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
import { after } from 'next/server'

/** One for the whole process: it holds the keys and the cache. Everything it needs is in the environment. */
export const tokens = sharedTesouroTokens(() =>
  tesouroTokensFromEnv({
    waitUntil: after,
    // Five to ten minutes; only against a platform on this machine may it be less.
    widgetTokenLifetimeSeconds: Number(process.env.WIDGET_TOKEN_LIFETIME_SECONDS || 480),
    onEvent: (event) => console.log(JSON.stringify(event)),
  }),
)
