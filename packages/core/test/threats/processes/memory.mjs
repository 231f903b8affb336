// Run with `node --expose-gc`: how much the heap grows over a great many calls.
import { createTesouroTokens, memoryTokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'

const warmGets = Number(process.argv[2])
const users = Number(process.argv[3])
const rounds = 5

const grant = JSON.stringify({
  access_token: 'token',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3_600,
})
const headers = { 'content-type': 'application/json' }
const tokens = createTesouroTokens({
  baseUrl: 'http://127.0.0.1:9',
  clientId: 'client-1',
  clientSecret: 'secret-1',
  subjectToken: unsecuredSubjectToken(),
  requestsPerSecond: false,
  cache: memoryTokenCache({ maxEntries: 500 }),
  fetch: async () => new Response(grant, { headers }),
})
const userOf = (n) => ({ sub: `user-${n}`, email: `user-${n}@bank.example` })

async function heap() {
  // what is told when something has been collected runs in a turn of its own
  await new Promise(setImmediate)
  globalThis.gc()
  await new Promise(setImmediate)
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

async function run(calls, call) {
  for (let done = 0; done < calls; done += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, n) => call(done + n)))
  }
}

/** By how much all calls let the heap grow, by the round that did least: what is kept for a call shows in every round. */
async function grownBy(calls, call) {
  const each = calls / rounds
  await run(each, call)
  const grown = []
  for (let round = 0; round < rounds; round += 1) {
    const before = await heap()
    await run(each, call)
    grown.push((await heap()) - before)
  }
  return Math.min(...grown) * rounds
}

const warm = await grownBy(warmGets, () => tokens.getUserAccessToken(userOf(1)))
// Each of them is new to the cache, which keeps 500.
let next = 0
const many = await grownBy(users, async () => {
  next += 1
  const user = userOf(next)
  await tokens.getUserAccessToken(user)
})
await tokens.close()
console.log(JSON.stringify({ warm, many }))
