// One process of a fleet: asks for the tokens of its share of users, at its share of the arrivals a second, and
// tells how every call ended. What it does is in BUDGET_PROCESS, the platform in TESOURO_….
import { isTesouroTokensError, tesouroTokensFromEnv } from '@tesouro-tokens/core'
import { redisLimitStore } from '@tesouro-tokens/redis'
import { createClient } from 'redis'

const { port, name, users, everyMs, timeouts } = JSON.parse(process.env.BUDGET_PROCESS)

const client = createClient({ socket: { host: '127.0.0.1', port } })
client.on('error', () => {})
await client.connect()
const tokens = tesouroTokensFromEnv({ limitStore: redisLimitStore({ client }), timeouts })

/** How a call ends. */
const call = (sub) =>
  tokens.getUserAccessToken({ sub, email: `${sub}@bank.example` }).then(
    () => 'ok',
    (error) => (isTesouroTokensError(error) ? error.code : String(error)),
  )

// What runs for the first time runs slowly, and what is slow arrives in bunches.
for (let n = 0; n < 5; n += 1) await call(`${name}-w${n}`)
process.send({ ready: true })
await new Promise((resolve) => process.once('message', resolve))
const startedAt = performance.now()
const calls = []
for (let n = 0; n < users; n += 1) {
  await new Promise((resolve) => setTimeout(resolve, startedAt + n * everyMs - performance.now()))
  calls.push(call(`${name}-${n}`))
}
process.send(await Promise.all(calls))
await tokens.close()
client.destroy()
process.disconnect()
