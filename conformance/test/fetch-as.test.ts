import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, userOf, type World } from '../src/world.js'

const user = userOf(1)
const accounts = '/embedded-banking/v1/bank-accounts?limit=10'
const transfers = '/embedded-banking/v1/transfers'

describe('fetchAsUser and fetchAsApp against the platform', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it("calls as the user: each sees their own accounts, and nobody else's", async () => {
    const { tokens } = world.start()
    const read = async (n: number): Promise<string> => (await tokens.fetchAsUser(userOf(n), accounts)).text()
    expect(await read(1)).toBe(await read(1))
    expect(await read(1)).not.toBe(await read(2))
  })

  const failures: Record<string, (world: World) => unknown> = {
    reset: ({ sandbox }) => sandbox.faults.reset({ on: 'api' }),
    'a cut answer': ({ sandbox }) => sandbox.faults.truncated({ on: 'api' }),
    hang: ({ sandbox }) => sandbox.faults.hang({ on: 'api' }),
    408: ({ sandbox }) => sandbox.faults.status(408, { on: 'api' }),
    429: ({ sandbox }) => sandbox.faults.status(429, { on: 'api' }),
    500: ({ sandbox }) => sandbox.faults.status(500, { on: 'api' }),
    503: ({ sandbox }) => sandbox.faults.status(503, { on: 'api' }),
  }
  for (const [name, fail] of Object.entries(failures)) {
    it(`a transfer that meets ${name} is sent exactly once`, async () => {
      const { tokens } = world.start()
      await tokens.getUserAccessToken(user)
      world.sandbox.resetStats()
      fail(world)
      const controller = new AbortController()
      const call = tokens
        .fetchAsUser(user, transfers, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ amount: '10.00', to: 'acc_2' }),
          signal: controller.signal,
        })
        .then(async (response) => `${response.status} ${await response.text()}`)
        .catch(() => 'failed')
      while (world.sandbox.count({ kind: 'transfers' }) === 0) await new Promise(setImmediate)
      if (name === 'hang') controller.abort()
      await call
      expect(world.sandbox.stats().total).toBe(1)
      expect(world.sandbox.transfers().length).toBeLessThanOrEqual(1)
    })
  }

  for (const status of [401, 400] as const) {
    it(`a token that the platform calls expired with ${status} is replaced once, and the call made again`, async () => {
      const { tokens } = world.start()
      await tokens.getUserAccessToken(user)
      world.sandbox.resetStats()
      world.sandbox.faults.expireAccessTokens(status)
      const body = JSON.stringify({ amount: '10.00', to: 'acc_2' })
      const headers = { 'content-type': 'application/json' }
      const response = await tokens.fetchAsUser(user, transfers, { method: 'POST', headers, body })
      expect(response.status).toBe(201)
      expect(world.sandbox.transfers()).toHaveLength(1)
      expect(world.sandbox.count({ kind: 'token_exchange' })).toBe(1)
    })
  }

  it('an answer of 5 MB arrives whole', async () => {
    const { tokens } = world.start()
    const response = await tokens.fetchAsUser(user, '/embedded-banking/v1/statements?bytes=5000000')
    expect((await response.arrayBuffer()).byteLength).toBe(5_000_000)
  })

  it('passes X-Organization-ID through', async () => {
    const { tokens } = world.start()
    const headers = { 'x-organization-id': 'org_nobody' }
    const response = await tokens.fetchAsUser(user, accounts, { headers })
    expect(response.status).toBeGreaterThanOrEqual(400)
  })

  it('never puts a token or secret into a request line', async () => {
    const { tokens } = world.start({ revocationPath: world.sandbox.revocationPath })
    const { accessToken } = await tokens.getUserAccessToken(user)
    const app = await tokens.getAppAccessToken()
    await tokens.fetchAsUser(user, accounts)
    await tokens.fetchAsApp(accounts)
    await tokens.forgetUser({ sub: user.sub }, { revoke: true })
    const lines = world.sandbox
      .requests()
      .map(({ url }) => url)
      .join('\n')
    const { clientSecret, widgetSecret } = world.sandbox.options
    for (const secret of [accessToken, app.accessToken, clientSecret, widgetSecret]) {
      expect(lines).not.toContain(secret)
    }
    expect(world.sandbox.requests().length).toBe(5)
  })
})
