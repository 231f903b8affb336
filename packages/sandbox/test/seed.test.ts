import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import { accounts, call, startWidget, userToken } from './partner.js'

const user = { sub: 'u_1', email: 'u_1@partner.test' }
const path = '/embedded-banking/v1/bank-accounts'

/** The sandbox of a seed, which must not find its port taken by the one before. */
const startAgain = (seed: string, port?: number): Promise<Sandbox> => startSandbox({ seed, port })

test('a restart with the same seed is noticed by no running application', async () => {
  const seed = 'a restart in the middle of the day'
  const before = await startAgain(seed)
  const env = before.env
  await using tokens = tesouroTokensFromEnv({ env })
  const { accessToken } = await tokens.getUserAccessToken(user)
  const { widgetToken } = await tokens.mintWidgetToken(user)
  const started = await startWidget(before, widgetToken)
  const { body } = await call(before, `${path}?limit=1`, accessToken)
  await before.close()

  await using after = await startAgain(seed)
  expect(after.env).toEqual(env)
  // this process's own pool has to hear first that its idle connections are gone
  await expect.poll(async () => (await fetch(after.baseUrl)).status).toBeGreaterThan(0)
  after.resetStats()
  expect((await tokens.fetchAsUser(user, path)).status).toBe(200)
  expect(after.count({ kind: 'token_exchange' })).toBe(0)
  expect((await startWidget(after, widgetToken)).body.userId).toBe(started.body.userId)
  expect((await call(after, path, String(started.body.accessToken))).status).toBe(200)
  const next = await call(after, `${path}?limit=1&pagination_token=${body.nextPaginationToken}`, accessToken)
  expect(next.status).toBe(200)
})

test('a user logged in before a restart is disabled after it all the same', async () => {
  const first = await startAgain('disabled later')
  const { port } = new URL(first.baseUrl)
  await first.close()
  await using second = await startAgain('disabled later', Number(port))
  second.disableUser('u_1')
  await using tokens = tesouroTokensFromEnv({ env: second.env })
  await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('the same token in another spelling, sent first after a restart, does not shut out the right one', async () => {
  const first = await startSandbox({ seed: 'spelling' })
  const { port } = new URL(first.baseUrl)
  const token = await userToken(first)
  await first.close()
  await using second = await startAgain('spelling', Number(port))
  const [head, payload, signature = ''] = token.split('.')
  // S is as good as the order minus S (ECDSA), and base64url of 64 bytes has bits to spare in its last letter
  const bytes = Buffer.from(signature, 'base64url')
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  const variants = [
    other.toString('base64url'),
    `${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`,
  ]
  for (const variant of variants) await accounts(second, `${head}.${payload}.${variant}`)
  expect((await accounts(second, token)).status).toBe(200)
})

test('another seed, and no seed, share nothing', async () => {
  const sandboxes = await Promise.all([
    startSandbox({ seed: 'one', port: 0 }),
    startSandbox({ seed: 'two', port: 0 }),
    startSandbox(),
    startSandbox(),
  ])
  const secrets = sandboxes.flatMap(({ options, env }) => [
    options.clientSecret,
    options.widgetSecret,
    env.TESOURO_SUBJECT_TOKEN_KEY,
  ])
  expect(new Set(secrets).size).toBe(secrets.length)
  const [one, two] = sandboxes
  if (one === undefined || two === undefined) throw new Error('they did not start')
  expect((await accounts(two, await userToken(one))).body.errorCode).toBe('token_invalid')
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
})

test('clients of one seed have secrets of their own', async () => {
  const clients = [{ clientId: 'a' }, { clientId: 'b' }]
  await using sandbox = await startSandbox({ seed: 'two clients', port: 0, clients })
  const [a, b] = [sandbox.client('a').env, sandbox.client('b').env]
  for (const name of ['TESOURO_CLIENT_SECRET', 'TESOURO_WIDGET_SECRET', 'TESOURO_SUBJECT_TOKEN_KEY']) {
    expect(a[name]).not.toBe(b[name])
  }
})

test('rotated secrets are new ones, whatever the seed', async () => {
  await using sandbox = await startSandbox({ seed: 'rotation', port: 0 })
  const { clientSecret } = sandbox.options
  const [first, second] = [sandbox.rotateSecrets(), sandbox.rotateSecrets()]
  expect(new Set([clientSecret, first.clientSecret, second.clientSecret]).size).toBe(3)
})
