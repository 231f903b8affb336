import { createServer } from 'node:http'
import { createTesouroTokens, layeredTokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { covered } from './coverage.mjs'
import { remoteCache } from './remote-cache.mjs'

const core = new URL('.', import.meta.resolve('@tesouro-tokens/core')).href
const user = (sub) => ({ sub, email: `${sub}@bank.example` })

/**
 * Each call once, after others of its kind: what is loaded or made only once does not count. With the least that core
 * can be asked for: no signature, and no limit on requests.
 */
export async function measure() {
  const platform = await startTokenEndpoint()
  const shared = remoteCache()
  const tokens = createTesouroTokens({
    baseUrl: platform.baseUrl,
    clientId: 'client',
    clientSecret: 'a-client-secret',
    subjectToken: unsecuredSubjectToken(),
    requestsPerSecond: false,
    cache: layeredTokenCache({ shared }),
  })
  try {
    for (const sub of ['warm-1', 'warm-2']) {
      await tokens.getUserAccessToken(user(sub))
      await tokens.getUserAccessToken(user(sub))
      await tokens.forgetUser({ sub })
    }
    const counted = async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 500)) // what the call before left to be done: its timers are shorter
      shared.asked.length = 0
      const { files } = await covered(core, call)
      return { files, operations: [...shared.asked] }
    }
    const get = () => tokens.getUserAccessToken(user('u-1'))
    const miss = await counted(get)
    await get() // the first look at a token reads it, and later ones keep what was read
    const hit = await counted(get)
    const logout = await counted(() => tokens.forgetUser({ sub: 'u-1' }))
    return { 'layered hit': hit, 'layered miss': miss, logout }
  } finally {
    await tokens.close()
    await platform.close()
  }
}

/** A token endpoint that answers every exchange at once. */
async function startTokenEndpoint() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          access_token: 'an-access-token',
          token_type: 'Bearer',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          expires_in: 3_600,
        }),
      )
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
