import { createWidgetTokenHandler, type WidgetTokenOptions } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { FakeTokens } from './fake-tokens.js'
import { alice } from './post.js'

const hook: unique symbol = Symbol.for('@tesouro-tokens/endpoint')

class HookedTokens extends FakeTokens {
  readonly refusals: unknown[] = []
  readonly [hook] = {
    now: (): number => Date.now() + 60_000,
    refused: (refusal: unknown): void => {
      this.refusals.push(refusal)
      throw new Error('a listener that throws')
    },
  }
}

const ask = (options: WidgetTokenOptions<undefined>, method = 'POST') =>
  createWidgetTokenHandler(options)({ method, host: 'x', headers: {}, request: undefined })

test('a refusal reaches the events of the tokens, once, and a listener that throws changes no answer', async () => {
  const tokens = new HookedTokens()
  expect((await ask({ tokens, getUser: () => alice }, 'GET')).status).toBe(405)
  expect((await ask({ tokens, getUser: () => null })).status).toBe(401)
  expect((await ask({ tokens, getUser: () => ({ ...alice, email: '' }) })).status).toBe(403)
  expect((await ask({ tokens, getUser: () => alice })).status).toBe(200)
  expect(tokens.refusals).toEqual([
    { code: 'method_not_allowed', status: 405, user: undefined },
    { code: 'not_signed_in', status: 401, user: undefined },
    { code: 'user_not_eligible', status: 403, user: { sub: 'alice', tenant: undefined } },
  ])
})

test('the remaining life is counted by the clock that the token was made with', async () => {
  const { body } = await ask({ tokens: new HookedTokens(), getUser: () => alice })
  expect(body).toHaveProperty(
    'expiresIn',
    expect.toSatisfy((left: number) => left >= 418 && left <= 421),
  )
})
