// One process of a fleet: asks for the tokens of its share of users, at its share of the arrivals a second, and
// tells how every call ended. What it does is in BUDGET_PROCESS, the platform in TESOURO_….
import { isTesouroTokensError, tesouroTokensFromEnv } from '@tesouro-tokens/core'
import { redisLimitStore } from '@tesouro-tokens/redis'
import { createClient } from 'redis'

const { port, name, users, everyMs, restEveryMs, timeouts } = JSON.parse(process.env.BUDGET_PROCESS)

const client = createClient({ socket: { host: '127.0.0.1', port } })
client.on('error', () => {})
await client.connect()
const failures = []
const tokens = tesouroTokensFromEnv({
  limitStore: redisLimitStore({ client }),
  timeouts,
  onEvent: (event) => event.type === 'cache_failure' && failures.push(event),
})

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const outcomes = []
async function call(n) {
  const startedAt = performance.now()
  const ended = (code, retryAfterSeconds) =>
    outcomes.push({ code, retryAfterSeconds, ms: performance.now() - startedAt })
  try {
    await tokens.getUserAccessToken({ sub: `${name}-${n}`, email: `${name}-${n}@bank.example` })
    ended('ok')
  } catch (error) {
    ended(isTesouroTokensError(error) ? error.code : String(error), error.retryAfterSeconds)
  }
}

// What runs for the first time runs slowly, and what is slow arrives in bunches.
for (let n = 0; n < 5; n += 1)
  await tokens.getUserAccessToken({ sub: `${name}-w${n}`, email: 'w@bank.example' })
process.send({ ready: true })
await new Promise((resolve) => process.once('message', resolve))
const startedAt = performance.now()
const calls = []
const rest = []
let busy = true
const calling = (async () => {
  for (let n = 0; n < users; n += 1) {
    await sleep(startedAt + n * everyMs - performance.now())
    calls.push(call(n))
  }
  await Promise.all(calls)
  busy = false
})()
if (restEveryMs > 0) {
  for (let n = 1; busy; n += 1) {
    await sleep(startedAt + n * restEveryMs - performance.now())
    const sentAt = performance.now()
    rest.push(
      tokens.fetchAsApp('/embedded-banking/v1/bank-accounts?limit=10').then(
        ({ status, body }) => {
          void body?.cancel()
          return { status, ms: performance.now() - sentAt }
        },
        (error) => ({ status: String(error), ms: performance.now() - sentAt }),
      ),
    )
  }
}
await calling
process.send({ outcomes, rest: await Promise.all(rest), failures, lastedMs: performance.now() - startedAt })
await tokens.close()
client.destroy()
process.disconnect()
