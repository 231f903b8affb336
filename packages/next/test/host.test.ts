import { sharedTesouroTokens, tesouroTokensFromEnv, widgetTokenRoute } from '@tesouro-tokens/next'
import { NextRequest } from 'next/server.js'
import { expect, test } from 'vitest'

// No server is needed to see which host is compared; the server's own address stands in the URL, as Next has it.
const { POST } = widgetTokenRoute({
  tokens: sharedTesouroTokens(() => tesouroTokensFromEnv({ env: {} })),
  getUser: () => null,
})

test.each([
  ['the address that the server listens on', {}, 'http://localhost:3000', 403],
  ['the Host header', { host: 'bank.example' }, 'https://bank.example', 401],
  ['the Host header with its port', { host: 'bank.example:8443' }, 'https://bank.example:8443', 401],
  ['another port', { host: 'bank.example:8443' }, 'https://bank.example', 403],
  [
    'what a proxy was asked for',
    { host: 'inner', 'x-forwarded-host': 'bank.example' },
    'https://bank.example',
    401,
  ],
  [
    'the first of several proxies',
    { host: 'inner', 'x-forwarded-host': 'bank.example, middle' },
    'https://bank.example',
    401,
  ],
  ['the host behind a proxy', { host: 'inner', 'x-forwarded-host': 'bank.example' }, 'https://inner', 403],
] as const)(
  'an old browser whose page comes from %s is misjudged',
  async (_name, headers, origin, status) => {
    const request = new NextRequest('http://localhost:3000/', {
      method: 'POST',
      headers: { ...headers, origin },
    })
    expect((await POST(request, { params: Promise.resolve({}) })).status).toBe(status)
  },
)
