// Run by Node: four worker threads that start cold, each with a client of its own that nobody has waited for.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createTesouroTokens, signedSubjectToken } from '@tesouro-tokens/core'
import { redisStores } from '@tesouro-tokens/redis'
import { createClient } from 'redis'
import { report } from './report.mjs'

const threadCount = 4
const user = { sub: 'user-of-threads', email: 'user@bank.example' }

if (isMainThread) await report({ threads })
else await beThread(workerData)

async function threads() {
  const setting = JSON.parse(process.env.SETTING)
  const exchanges = async () => Number(await (await fetch(`${setting.control}/exchanges`)).text())
  const before = await exchanges()
  const answers = await Promise.all(
    Array.from({ length: threadCount }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: setting })
      return new Promise((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
        worker.once('exit', (code) => reject(new Error(`a thread ended with ${code} and said nothing`)))
      })
    }),
  )
  const made = (await exchanges()) - before
  // A thread that Redis did not answer in time goes alone, and says so.
  const alone = answers.filter(({ failures }) => failures > 0).length
  if (made > 1 + alone) throw new Error(`${made} exchanges by four threads, ${alone} of which went alone`)
  if (alone === 0 && new Set(answers.map(({ token }) => token)).size !== 1) throw new Error('two tokens')
}

async function beThread({ options, keys, redisUrl }) {
  let failures = 0
  const client = createClient({ url: redisUrl }).on('error', () => {})
  client.connect().catch(() => {})
  const tokens = createTesouroTokens({
    ...options,
    ...redisStores({ client, keys: ['ab'.repeat(32)] }),
    subjectToken: signedSubjectToken({ key: keys.jwk, algorithm: 'ES256' }),
    onEvent: ({ type }) => {
      if (type === 'cache_failure') failures += 1
    },
  })
  await tokens.ready()
  const { accessToken } = await tokens.getUserAccessToken(user)
  await tokens.close()
  await client.close()
  parentPort.postMessage({ token: accessToken, failures })
}
