import { ConfigurationError } from '@tesouro-tokens/core'
import { afterEach, expect, test, vi } from 'vitest'
import { ask } from './post.js'

const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
afterEach(() => {
  printed.mockClear()
  vi.unstubAllEnvs()
})
const inProduction = (): unknown => vi.stubEnv('NODE_ENV', 'production')

async function printedFor(error: unknown): Promise<string> {
  const getUser = (): never => {
    throw error
  }
  const { answer } = await ask({}, { getUser, onError: undefined })
  expect(answer.status).toBe(500)
  return printed.mock.calls.flat().map(String).join('\n')
}

test('without onError our own errors are printed in full', async () => {
  expect(await printedFor(new ConfigurationError(['widgetSecret is missing']))).toContain(
    'widgetSecret is missing',
  )
})

test('in production a foreign error shows what it says instead of only where it was thrown', async () => {
  inProduction()
  const error = new TypeError('canary-secret\n    at canary-secret')
  const text = await printedFor(error)
  expect(text).toMatch(/TypeError/)
  expect(text).toMatch(/report\.test/)
  expect(text).not.toContain('canary')
})

test('an error whose name, stack or type was tampered with shows nothing of them', async () => {
  inProduction()
  const renamed = Object.assign(new Error('canary'), { name: 'canary secret' })
  const changed = new Error('before canary')
  changed.message = 'after'
  const texts = [
    await printedFor(renamed),
    await printedFor(changed),
    await printedFor('canary'),
    await printedFor({ canary: 'canary' }),
  ]
  expect(texts.join('\n')).not.toContain('canary')
})

test('in development an error of the application says nothing', async () => {
  const refused = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
  expect(await printedFor(new Error('the session store is down', { cause: refused }))).toContain(
    'getUser threw Error: the session store is down (ECONNREFUSED)',
  )
})

test('an error message ends lines or moves the cursor of the log', async () => {
  const text = await printedFor(new Error('first\r\n\u001b[2Jsecond'))
  expect(text.split('\n')[0]).toMatch(/first \[2Jsecond$/)
  expect(text).not.toContain('\u001b')
})

test('a missing session middleware shows as a TypeError and nothing else', async () => {
  inProduction()
  const request: { session?: { user: string } } = {}
  const error = await Promise.resolve()
    .then(() => (request.session as { user: string }).user)
    .catch((thrown: unknown) => thrown)
  expect(await printedFor(error)).toContain('is the session middleware mounted before this endpoint?')
})

test('a runtime without environment variables is taken for development', async () => {
  vi.stubGlobal('process', undefined)
  try {
    expect(await printedFor(new Error('canary'))).not.toContain('canary')
  } finally {
    vi.unstubAllGlobals()
  }
})
