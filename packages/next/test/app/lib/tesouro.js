import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
import { after } from 'next/server.js'

/** Lets tests move this process's clock; the platform's stays where it is. */
export const clock = {
  offset: () => globalThis.clockOffset ?? 0,
  move: (ms) => {
    globalThis.clockOffset = ms
  },
  now: () => Date.now() + clock.offset(),
  monotonic: () => performance.now() + clock.offset(),
}

export const tokens = sharedTesouroTokens(() => {
  console.log('an instance is made')
  return tesouroTokensFromEnv({ waitUntil: after, clock })
})
