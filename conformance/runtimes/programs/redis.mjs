// Run by Node, Bun and Deno: two instances with Redis between them, by each client library.

import { createTesouroTokens, signedSubjectToken } from '@tesouro-tokens/core'
import { redisStores } from '@tesouro-tokens/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { report } from './report.mjs'

const { options, keys, control, redisUrl } = JSON.parse(process.env.SETTING)
const sealing = ['ab'.repeat(32)]

const clients = {
  redis: () => {
    const client = createClient({ url: redisUrl }).on('error', () => {})
    client.connect().catch(() => {})
    return { client, hangUp: () => client.close() }
  },
  ioredis: () => {
    const client = new Redis(redisUrl).on('error', () => {})
    return { client, hangUp: () => client.quit() }
  },
}

async function open(library) {
  const { client, hangUp } = clients[library]()
  const subjectToken = signedSubjectToken({ key: keys.jwk, algorithm: 'ES256' })
  const tokens = createTesouroTokens({ ...options, subjectToken, ...redisStores({ client, keys: sealing }) })
  await tokens.ready()
  return {
    tokens,
    async [Symbol.asyncDispose]() {
      await tokens.close()
      await hangUp()
    },
  }
}

const exchanges = async () => Number(await (await fetch(`${control}/exchanges`)).text())

async function share(library) {
  const user = { sub: `user-of-${library}`, email: 'user@bank.example' }
  const token = async ({ tokens }) => (await tokens.getUserAccessToken(user)).accessToken
  const one = await open(library)
  const other = await open(library)
  try {
    const before = await exchanges()
    const first = await token(one)
    if ((await token(other)) !== first) throw new Error('the token of one instance is not found by the other')
    if ((await exchanges()) !== before + 1) throw new Error('more than one exchange for one user')
    const { cache } = await other.tokens.health()
    if (cache !== 'up') throw new Error(`the cache is ${cache}`)

    await other.tokens.forgetUser(user)
    for (let tries = 0; (await token(one)) === first; tries++) {
      if (tries === 500) throw new Error('a logout elsewhere is not heard')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  }
}

await report({ redis: () => share('redis'), ioredis: () => share('ioredis') })
