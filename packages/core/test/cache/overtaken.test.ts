import { layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'

const key = { subject: 'a'.repeat(64), variant: '1'.repeat(64) }
type Answer = Awaited<ReturnType<TokenCache['get']>>

/** A store whose first answer is held back, and which has another generation by the second one. */
function storeWithOvertakenAnswer(): { cache: TokenCache; asked(): number; arrive(answer: Answer): void } {
  let asked = 0
  let arrive: (answer: Answer) => void = () => {}
  const first = new Promise<Answer>((resolve) => {
    arrive = resolve
  })
  const shared: TokenCache = {
    get: async () => {
      asked += 1
      return asked === 1 ? first : { generation: 'after the logout' }
    },
    set: async () => false,
    delete: async () => {},
    forget: async () => [],
    onForget: () => () => {},
  }
  return { cache: layeredTokenCache({ shared }), asked: () => asked, arrive: (answer) => arrive(answer) }
}

it.each([false, true])(
  'an answer from before a logout, which a later answer has overtaken, is served (a value was refused meanwhile: %s)',
  async (isRefused) => {
    const { cache, asked, arrive } = storeWithOvertakenAnswer()
    const late = cache.get(key)
    const { generation } = await cache.get(key)
    if (isRefused) expect(await cache.set(key, 'new', { ttlMs: 60_000, generation })).toBe(false)
    arrive({ value: 'of before', remainingMs: 60_000, generation: 'before the logout' })
    expect((await late).value).toBeUndefined()
    expect((await cache.get(key)).value).toBeUndefined()
    expect(asked()).toBe(3)
  },
)
