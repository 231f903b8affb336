import { readFile } from 'node:fs/promises'
import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { expect, onTestFinished, test, vi } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

test('the README shows a program that nobody has run', async () => {
  await using sandbox = await startSandbox()
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  for (const [name, value] of Object.entries({ ...sandbox.env, PORT: '0' })) vi.stubEnv(name, value)
  const listen = vi.spyOn(Server.prototype, 'listen')
  await import('./quick-start.js')
  const server = listen.mock.contexts.at(-1) as Server
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  expect((await fetch(`${at}/api/tesouro/widget-token`, { method: 'POST' })).status).toBe(401)
  const signedIn = await fetch(`${at}/sign-in`, { method: 'POST' })
  const headers = { cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' }

  const answer = await fetch(`${at}/api/tesouro/widget-token`, { method: 'POST', headers })
  const { widgetToken } = (await answer.json()) as { widgetToken: string }
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({
    sub: 'user-1',
    email: 'user-1@example.com',
  })
  expect(await (await fetch(`${at}/accounts`, { headers })).json()).toHaveProperty('data')
  expect((await fetch(`${at}/sign-out`, { method: 'POST', headers })).status).toBe(204)
  expect((await fetch(`${at}/accounts`, { headers })).status).toBe(401)

  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('the README and the program that is tested drift apart', async () => {
  const [readme, program] = await Promise.all([read('../README.md'), read('./quick-start.ts')])
  expect(readme).toContain(`\`\`\`ts\n${program}\`\`\``)
})
