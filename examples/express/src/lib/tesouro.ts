import { encryptedTokenCache, layeredTokenCache, tesouroTokensFromEnv } from '@tesouro-tokens/express'
import { redisTokenCache } from '@tesouro-tokens/redis'
import { redis } from './redis.js'

/** Memory in front of Redis, where nothing can be read: 64 hex digits a key, the first seals, all of them open. */
const cache =
  redis &&
  layeredTokenCache({
    shared: encryptedTokenCache(redisTokenCache({ client: redis }), {
      keys: (process.env.TOKEN_CACHE_KEYS ?? '').split(','),
    }),
  })

/** One for the whole process: it holds the keys and the cache. Everything else it needs is in the environment. */
export const tokens = tesouroTokensFromEnv({
  cache,
  // Five to ten minutes; only against a platform on this machine may it be less.
  widgetTokenLifetimeSeconds: Number(process.env.WIDGET_TOKEN_LIFETIME_SECONDS || 480),
  // For a sandbox in another container; refused in production.
  allowHttp: process.env.ALLOW_HTTP === 'true',
  onEvent: (event) => console.log(JSON.stringify(event)),
})
