import { type TesouroUser, widgetTokenEndpoint } from '@tesouro-tokens/core'
import { describe, expect, test } from 'vitest'
import { FakeTokens } from './fake-tokens.js'
import { alice } from './post.js'

const applicationJson = { 'content-type': 'application/json' }

describe('the fetch form', () => {
  const tokens = new FakeTokens()
  const errors: unknown[] = []
  const endpoint = widgetTokenEndpoint({
    tokens,
    getUser: () => alice,
    onError: (error) => errors.push(error),
  })
  const request = (init: RequestInit = {}): Request =>
    new Request('https://bank.example/api/widget-token', { method: 'POST', ...init })

  test('mints and answers JSON', async () => {
    const response = await endpoint(request({ headers: applicationJson, body: '{"userId":"alice"}' }))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ widgetToken: 'token of alice' })
  })

  test('takes the host from the URL', async () => {
    expect((await endpoint(request({ headers: { origin: 'https://bank.example' } }))).status).toBe(200)
    expect((await endpoint(request({ headers: { origin: 'https://other.example' } }))).status).toBe(403)
  })

  test('a 204 has no body', async () => {
    const response = await endpoint(request({ method: 'OPTIONS' }))
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  test('a body that the application has read is not taken for none', async () => {
    const read = request({ headers: applicationJson, body: '{"userId":"bob"}' })
    await read.text()
    const response = await endpoint(read)
    expect([response.status, errors.length]).toEqual([500, 1])
  })

  test('a request refused by its headers keeps its body', async () => {
    const refused = request({ headers: { ...applicationJson, origin: 'https://evil.example' }, body: '{}' })
    expect((await endpoint(refused)).status).toBe(403)
    expect(refused.bodyUsed).toBe(false)
  })

  test('context follows the request', async () => {
    const withContext = widgetTokenEndpoint<[{ user: TesouroUser }]>({
      tokens,
      getUser: (_request, { user }) => user,
    })
    const response = await withContext(request(), { user: { sub: 'carol', email: 'carol@example.com' } })
    expect(await response.json()).toMatchObject({ widgetToken: 'token of carol' })
  })
})
