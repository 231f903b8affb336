// Run by Node, Bun and Deno: two instances with Redis between them, by each client library.

import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { report } from './report.mjs'
import { share } from './share.mjs'

const setting = JSON.parse(process.env.SETTING)

const open = {
  redis() {
    const client = createClient({ url: setting.redisUrl })
    client.connect().catch(() => {})
    return { client, hangUp: () => client.close() }
  },
  ioredis() {
    const client = new Redis(setting.redisUrl)
    return { client, hangUp: () => client.quit() }
  },
}

await report({
  redis: () => share(setting, 'redis', open.redis),
  ioredis: () => share(setting, 'ioredis', open.ioredis),
})
