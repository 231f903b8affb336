import { layeredTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import { redisTokenCache } from '@tesouro-tokens/redis'
import { createClient } from 'redis'
import { fill, warmTokens } from '../warm-tokens.js'

/** The store by itself: nothing is sealed. With `layers`, memory in front of what the same without has filled. */
export async function create(users: string, path: string, layers?: string): Promise<() => unknown> {
  const client = createClient({ socket: { path, tls: false } })
  await client.connect()
  const shared = redisTokenCache({ client, keys: false, keyPrefix: `${users}:` })
  if (layers === undefined) {
    await fill(shared, Number(users))
    return warmTokens(shared, Number(users))
  }
  const local = memoryTokenCache({ maxEntries: 2 * Number(users) })
  return warmTokens(layeredTokenCache({ shared, local }), Number(users))
}
