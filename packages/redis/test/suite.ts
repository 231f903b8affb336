import { setTimeout as sleep } from 'node:timers/promises'
import { describeTokenCache } from '@tesouro-tokens/conformance/cache'
import { type RedisClient, redisTokenCache } from '../src/index.js'
import type { Opened } from './clients.js'

/** The suite for caches, with the caches of two processes and a prefix for each test. */
export function describeOnRedis(
  name: string,
  open: () => Promise<Opened>,
  keys: readonly string[] | false = false,
): void {
  let count = 0
  describeTokenCache(
    name,
    async () => {
      const processes = await Promise.all([open(), open()])
      count += 1
      const keyPrefix = `${name.replaceAll(/\W/g, '-')}-${count}:`
      const [cache, elsewhere] = processes.map(({ client }) => redisTokenCache({ client, keys, keyPrefix }))
      if (cache === undefined || elsewhere === undefined) throw new Error('two were opened')
      return {
        cache,
        elsewhere,
        lose: (subject) => remove(processes[0]?.client, `${keyPrefix}:{${subject}}:person`),
        pass: (ms) => sleep(ms),
        close: async () => {
          await Promise.all([cache.close?.(), elsewhere.close?.()])
          await Promise.all(processes.map((process) => process.close()))
        },
      }
    },
    { shared: true },
  )
}

/** In place of an eviction: the key is gone. */
async function remove(client: RedisClient | undefined, key: string): Promise<void> {
  const script = "return redis.call('DEL', KEYS[1])"
  if (client !== undefined && 'evalSha' in client) await client.eval(script, { keys: [key], arguments: [] })
  else await client?.eval(script, 1, key)
}
