import { memoryTokenCache } from '@tesouro-tokens/core'
import { describeTokenCache } from '../../../../conformance/src/cache.js'
import { ManualClock } from '../../../../conformance/src/manual-clock.js'

describeTokenCache('memory', async () => {
  const clock = new ManualClock()
  return {
    cache: memoryTokenCache({ clock }),
    pass: async (ms) => clock.pass(ms),
    close: async () => {},
  }
})
