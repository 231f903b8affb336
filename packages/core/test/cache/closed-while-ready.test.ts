import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  createTesouroTokens,
  layeredTokenCache,
  memoryTokenCache,
  type TokenCache,
} from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { validOptions } from '../valid-options.js'

const layouts: [string, (store: TokenCache) => TokenCache][] = [
  ['plain', (store) => store],
  ['layered', (store) => layeredTokenCache({ shared: store })],
]

it.each(layouts.flatMap((layout) => (['get', 'set'] as const).map((held) => [...layout, held] as const)))(
  'close() while ready() waits for a %s store leaves it listened to, or has it asked once more',
  async (_, cacheOf, held) => {
    const memory = memoryTokenCache()
    const asked: string[] = []
    let listeners = 0
    let reached = (): void => {}
    let open = (): void => {}
    const isReached = new Promise<void>((resolve) => {
      reached = resolve
    })
    const isOpen = new Promise<void>((resolve) => {
      open = resolve
    })
    const store: TokenCache = {
      ...memory,
      local: false,
      onForget() {
        listeners += 1
        return () => {
          listeners -= 1
        }
      },
      async forget(...given) {
        asked.push('forget')
        return memory.forget(...given)
      },
    }
    const operation = memory[held]
    Object.assign(store, {
      [held]: async (...given: never) => {
        asked.push(held)
        reached()
        await isOpen
        return Reflect.apply(operation, memory, given)
      },
    })
    const tokens = createTesouroTokens({ ...validOptions(), cache: cacheOf(store) })
    const ready = tokens.ready().catch((error: { code: string }) => error.code)
    await isReached
    await tokens.close()
    expect(await ready).toBe('closed')
    open()
    for (let turns = 0; turns < 50; turns += 1) await nextTurn()
    expect({ listeners, asked }).toEqual({ listeners: 0, asked: [held] })
  },
)
