import { createTesouroTokens, memoryTokenCache, type TesouroTokensEvent } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { goodAnswer } from '../token-endpoint/set-up.js'
import { validOptions } from '../valid-options.js'

it('a store is called late for time in which this process was busy, short turns of it included', async () => {
  const store = { ...memoryTokenCache(), local: false }
  const { get } = store
  let busyTurns = 12
  const events: TesouroTokensEvent[] = []
  const tokens = createTesouroTokens(
    validOptions({
      cache: {
        ...store,
        async get(key) {
          // The store has answered long before: this process does not come to read it.
          for (; busyTurns > 0; busyTurns -= 1) {
            standStill(100)
            await new Promise(setImmediate)
          }
          return get(key)
        },
      },
      fetch: async () => Response.json(goodAnswer),
      onEvent: (event) => events.push(event),
    }),
  )
  await tokens.getUserAccessToken({ sub: 'user-1', email: 'user-1@bank.example' })
  await tokens.close()
  expect(events.filter(({ type }) => type === 'cache_failure')).toEqual([])
})
