import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isTesouroTokensError, type TesouroUser } from '@tesouro-tokens/core'
import { createTesouroTokens, tesouroTokensRouter } from '@tesouro-tokens/express'
import { redisLimitStore } from '@tesouro-tokens/redis'
import { startSandbox } from '@tesouro-tokens/sandbox'
import express from 'express'

/** What an application's own test does with these packages, under any runner. */
export async function useEverything(): Promise<void> {
  const sandbox = await startSandbox()
  const tokens = createTesouroTokens(sandbox.options)
  const user: TesouroUser = { sub: 'user-1', email: 'user-1@example.com' }
  const app = express().use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: () => user }))
  const server = createServer(app)
  try {
    await tokens.ready({ platform: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/api/tesouro/widget-token`, { method: 'POST' })
    assert.equal(answer.status, 200)
    const { widgetToken } = (await answer.json()) as { widgetToken: string }
    assert.equal((await sandbox.openWidgetToken(widgetToken)).sub, 'user-1')

    const { accessToken } = await tokens.getUserAccessToken(user)
    assert.equal((await tokens.getUserAccessToken(user)).accessToken, accessToken)
    assert.equal((await tokens.forgetUser(user)).forgotten, 1)

    const refused = await tokens.mintWidgetToken({ sub: '', email: '' }).catch((error: unknown) => error)
    assert.ok(isTesouroTokensError(refused, 'invalid_user'))
    assert.throws(() => redisLimitStore({ client: {} as never }), isTesouroTokensError)
  } finally {
    server.closeAllConnections()
    server.close()
    await tokens.close()
    await sandbox.close()
  }
}
