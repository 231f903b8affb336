import { layeredTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import { redisTokenCache } from '@tesouro-tokens/redis'
import { createClient } from 'redis'
import { warmTokens } from '../warm-tokens.js'

export async function create(users: string, path: string, layers = 'shared'): Promise<() => unknown> {
  const client = createClient({ socket: { path, tls: false } })
  await client.connect()
  const shared = redisTokenCache({ client, keyPrefix: `${layers}-${users}:` })
  const local = memoryTokenCache({ maxEntries: 2 * Number(users) })
  const cache = layers === 'layered' ? layeredTokenCache({ shared, local }) : shared
  return warmTokens(cache, Number(users))
}
