import { describeTokenCache } from '../src/cache.js'
import { ManualClock } from '../src/manual-clock.js'
import { SharedStore } from '../src/shared-store.js'

// The stand-in for Redis that other tests use has to keep the contract as Redis must.
describeTokenCache(
  'shared store in memory',
  async () => {
    const clock = new ManualClock()
    const store = new SharedStore(clock)
    return {
      cache: store.open(),
      elsewhere: store.open(),
      lose: async (subject) => store.lose(subject),
      pass: async (ms) => clock.pass(ms),
      close: async () => {},
    }
  },
  { shared: true },
)
