import { cacheKeysFromEnv, tesouroTokensFromEnv } from '@tesouro-tokens/express'
import { redisStores } from '@tesouro-tokens/redis'
import { redis } from './redis.js'

/** What several processes share: the tokens, sealed and with memory in front, and the limits. */
const stores = redis && redisStores({ client: redis, keys: cacheKeysFromEnv() })

/** One for the whole process: it holds the keys and the cache. Everything else it needs is in the environment. */
export const tokens = tesouroTokensFromEnv({
  ...stores,
  // Five to ten minutes; only against a platform on this machine may it be less.
  widgetTokenLifetimeSeconds: Number(process.env.WIDGET_TOKEN_LIFETIME_SECONDS || 480),
  // For a sandbox in another container; refused in production.
  allowHttp: process.env.ALLOW_HTTP === 'true',
  // Under which events name users: of several processes, the same in all. Without it, each draws its own.
  auditKey: process.env.AUDIT_KEY || undefined,
  onEvent: (event) => console.log(JSON.stringify(event)),
})
