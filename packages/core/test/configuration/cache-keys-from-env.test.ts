import { describe, expect, it } from 'vitest'
import { ConfigurationError, cacheKeysFromEnv } from '../../src/index.js'
import { thrownBy } from '../valid-options.js'

const [first, second] = ['a1', 'b2'].map((pair) => pair.repeat(32))

function problemsOf(TESOURO_CACHE_KEYS: string | undefined): readonly string[] {
  try {
    cacheKeysFromEnv({ TESOURO_CACHE_KEYS })
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

describe('TESOURO_CACHE_KEYS', () => {
  it('loses its order, in which the first key seals', () => {
    expect(cacheKeysFromEnv({ TESOURO_CACHE_KEYS: `${first},${second}` })).toEqual([first, second])
    expect(cacheKeysFromEnv({ TESOURO_CACHE_KEYS: ` ${second} , ${first}\n` })).toEqual([second, first])
  })

  it.each([
    ['is not set', undefined, /^TESOURO_CACHE_KEYS: is missing/],
    ['is empty', '', /^TESOURO_CACHE_KEYS: is missing/],
    ['holds a key that is too short', `${first},canary01`, /^TESOURO_CACHE_KEYS\[1\]: has 8 characters/],
    ['ends with a comma', `${first},`, /^TESOURO_CACHE_KEYS\[1\]: is empty/],
    ['holds a key twice', `${first},${first?.toUpperCase()}`, /^TESOURO_CACHE_KEYS\[1\]: is the same as/],
    ['is in quotes', `"${first}"`, /^TESOURO_CACHE_KEYS\[0\]: is in quotes/],
    ['is an object of a worker', { canary: 1 } as never, /^TESOURO_CACHE_KEYS\[0\]: /],
    ['is an object without a prototype', Object.create(null) as never, /^TESOURO_CACHE_KEYS\[0\]: /],
    ['is a number of a worker', 7 as never, /^TESOURO_CACHE_KEYS\[0\]: /],
  ])('is taken although it %s, or is shown', (_, text, problem) => {
    const found = problemsOf(text)
    expect(found).toEqual([expect.stringMatching(problem)])
    expect(found.join()).toMatch(/`openssl rand -hex 32` or `npx @tesouro-tokens\/cli keygen cache-key`/)
    expect(found.join()).not.toMatch(/canary|a1a1|A1A1/)
  })

  it('throws what a getter throws, or shows it', () => {
    const environment = {
      get TESOURO_CACHE_KEYS(): string {
        throw new TypeError('canary')
      },
    }
    const error = thrownBy(() => cacheKeysFromEnv(environment))
    expect(error).toMatchObject({
      problems: ['TESOURO_CACHE_KEYS: cannot be read: a getter or a proxy throws'],
    })
  })

  it('is not asked for by name where null is given in place of an environment', () => {
    const error = thrownBy(() => cacheKeysFromEnv(null as never))
    expect(error).toMatchObject({ problems: [expect.stringMatching(/^TESOURO_CACHE_KEYS: is missing/)] })
  })
})
