import { layeredTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import { describeTokenCache } from '../../../../conformance/src/cache.js'
import { ManualClock } from '../../../../conformance/src/manual-clock.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'

describeTokenCache(
  'memory in front of a shared store',
  async () => {
    const clock = new ManualClock()
    const store = new SharedStore(clock)
    const open = () => layeredTokenCache({ shared: store.open(), local: memoryTokenCache({ clock }) })
    return { cache: open(), elsewhere: open(), pass: async (ms) => clock.pass(ms), close: async () => {} }
  },
  { shared: true, local: true },
)

describeTokenCache(
  'memory in front of a shared store that tells of no logouts',
  async () => {
    const clock = new ManualClock()
    const shared = new SharedStore(clock).open()
    delete shared.onForget
    delete shared.lease
    const cache = layeredTokenCache({ shared, local: memoryTokenCache({ clock }) })
    return { cache, pass: async (ms) => clock.pass(ms), close: async () => {} }
  },
  { shared: false, local: true },
)
