import { createTesouroTokens, isTesouroTokensError, signedSubjectToken } from '@tesouro-tokens/core'
import { redisStores } from '@tesouro-tokens/redis'

const sealing = ['ab'.repeat(32)]
const userCount = 20

/** @param openClient gives a client, and what closes it */
async function openInstance({ options, keys }, openClient) {
  const { client, hangUp } = openClient()
  client.on('error', () => {})
  const subjectToken = signedSubjectToken({ key: keys.jwk, algorithm: 'ES256' })
  const tokens = createTesouroTokens({ ...options, subjectToken, ...redisStores({ client, keys: sealing }) })
  await tokens.ready()
  return {
    tokens,
    async close() {
      await tokens.close()
      await hangUp()
    },
  }
}

/** A client of a cluster refuses commands until it is connected, and nobody has waited for that. */
async function isUp({ tokens }) {
  for (let tries = 0; (await tokens.health()).cache !== 'up'; tries++) {
    if (tries === 500) throw new Error('the cache is not used')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/**
 * Two instances with Redis between them find each other's tokens, of many users at once, and hear each other's logouts.
 *
 * @param name of the users, so that they are nobody else's
 */
export async function share(setting, name, openClient) {
  const users = Array.from({ length: userCount }, (_, index) => `user-${index}-of-${name}`)
  const userOf = (sub) => ({ sub, email: 'user@bank.example' })
  const token = async ({ tokens }, sub) => (await tokens.getUserAccessToken(userOf(sub))).accessToken
  const exchanges = async () => Number(await (await fetch(`${setting.control}/exchanges`)).text())
  const one = await openInstance(setting, openClient)
  const other = await openInstance(setting, openClient)
  try {
    await Promise.all([one, other].map(isUp))
    const before = await exchanges()
    const first = await Promise.all(users.map((sub) => token(one, sub)))
    const second = await Promise.all(users.map((sub) => token(other, sub)))
    if (first.some((each, index) => each !== second[index])) throw new Error('a token is not found')
    const made = (await exchanges()) - before
    if (made !== userCount) throw new Error(`${made} exchanges for ${userCount} users`)

    const [gone = ''] = users
    await other.tokens.forgetUser({ sub: gone })
    // A call that is under way when it is heard ends with an error, as it has to.
    const still = () =>
      token(one, gone).catch((error) => {
        if (!isTesouroTokensError(error, 'user_forgotten')) throw error
      })
    for (let tries = 0; (await still()) === first[0]; tries++) {
      if (tries === 500) throw new Error('a logout elsewhere is not heard')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    await one.close()
    await other.close()
  }
}
