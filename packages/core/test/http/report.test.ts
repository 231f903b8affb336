import { ConfigurationError } from '@tesouro-tokens/core'
import { afterEach, expect, test, vi } from 'vitest'
import { ask } from './post.js'

const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
afterEach(() => printed.mockClear())

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

test('without onError a foreign error shows where it was thrown, and nothing of what it says', async () => {
  const error = new TypeError('canary-secret\n    at canary-secret')
  const text = await printedFor(error)
  expect(text).toMatch(/TypeError/)
  expect(text).toMatch(/report\.test/)
  expect(text).not.toContain('canary')
})

test('an error whose name, stack or type was tampered with shows nothing of them', async () => {
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
