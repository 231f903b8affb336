import { createWidgetTokenHandler, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { openWorld, userOf } from '../../../../conformance/src/world.js'

const user = userOf(1)

/** An error that even `instanceof` throws at. */
const hostile = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const throwing = (): never => {
  throw hostile()
}

const bodies: Record<string, unknown> = {
  'has an iterator that cannot be had': { [Symbol.asyncIterator]: throwing },
  'cannot be read': { [Symbol.asyncIterator]: () => ({ next: throwing, return: throwing }) },
  'rejects when it is read': {
    [Symbol.asyncIterator]: () => ({ next: async () => throwing(), return: async () => throwing() }),
  },
}

describe('what the application throws is a proxy whose traps throw', () => {
  const application = {
    'getUser throws it': { getUser: throwing },
    'getUser rejects with it': { getUser: async () => throwing() },
    'tokens throws it': { tokens: throwing },
  }
  it.each(Object.entries(application))('%s, and the endpoint does not answer', async (_, options) => {
    await using world = await openWorld()
    const { tokens } = world.start({ subjectToken: unsecuredSubjectToken() })
    const told: unknown[] = []
    const onError = (error: unknown): void => void told.push(error)
    const handle = createWidgetTokenHandler({ tokens, getUser: () => user, onError, ...options })
    const answer = await handle({ method: 'POST', host: 'bank.example', headers: {}, request: {} })
    expect(answer).toMatchObject({ status: 500, body: { code: 'misconfigured' } })
    expect(told).toHaveLength(1)
  })

  it.each(Object.entries(bodies))('the body %s, and the endpoint does not answer', async (_, body) => {
    await using world = await openWorld()
    const { tokens } = world.start({ subjectToken: unsecuredSubjectToken() })
    const handle = createWidgetTokenHandler({ tokens, getUser: () => user })
    const headers = { 'content-type': 'application/json' }
    const answer = await handle({ method: 'POST', host: 'bank.example', headers, body, request: {} })
    expect(answer.status).toBeOneOf([400, 500])
    expect(answer.body).toMatchObject({ status: answer.status })
  })

  it('a getter of a user throws it, and the call fails with it', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ subjectToken: unsecuredSubjectToken() })
    const given = Object.defineProperty({ email: user.email }, 'sub', { get: throwing })
    for (const call of [
      tokens.mintWidgetToken(given as never),
      tokens.getUserAccessToken(given as never),
      tokens.forgetUser(given as never),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'invalid_user' })
    }
  })
})
