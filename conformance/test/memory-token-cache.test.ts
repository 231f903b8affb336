import { memoryTokenCache } from '@tesouro-tokens/core'
import { describeTokenCache } from '../src/cache.js'
import { ManualClock } from '../src/manual-clock.js'

describeTokenCache('memory', async () => {
  const clock = new ManualClock()
  return {
    cache: memoryTokenCache({ clock }),
    pass: async (ms) => clock.pass(ms),
    close: async () => {},
  }
})
