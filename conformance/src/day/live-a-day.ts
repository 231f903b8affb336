import { layeredTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import { ManualClock } from '../manual-clock.js'
import { SharedStore } from '../shared-store.js'
import { startFleet } from './fleet.js'
import { type Day, liveThrough } from './live.js'
import { visitsOf } from './model.js'
import { refreshingAtExpiry } from './peers.js'

const processes = 8

/** One process after the other, ten minutes apart, in the busiest hours. */
const restartAt = Array.from({ length: processes }, (_, index) => 10 * 3_600 + index * 600)

/** The same day lived through by a fleet, by one process that never restarts, and by what most code does. */
export async function liveADay(options: {
  users: number
  seed: number
}): Promise<{ fleet: Day; alone: Day; atExpiry: Day }> {
  const { users, seed } = options
  const visits = visitsOf(users, seed)
  const maxEntries = 2 * users

  const inFleet = async (clock: ManualClock): Promise<Day> => {
    const store = new SharedStore(clock)
    const local = (): ReturnType<typeof memoryTokenCache> => memoryTokenCache({ clock, maxEntries })
    const open = () => layeredTokenCache({ local: local(), shared: store.open() })
    const fleet = startFleet({ processes, clock, open })
    return liveThrough(visits, { fleet, processes, clock, seed, restartAt })
  }
  const inOneProcess = async (clock: ManualClock): Promise<Day> => {
    const fleet = startFleet({ processes: 1, clock, open: () => memoryTokenCache({ clock, maxEntries }) })
    return liveThrough(visits, { fleet, processes: 1, clock, seed })
  }
  const atExpiry = async (clock: ManualClock): Promise<Day> =>
    liveThrough(visits, { fleet: refreshingAtExpiry(clock), processes: 1, clock, seed })

  return {
    fleet: await inFleet(new ManualClock()),
    alone: await inOneProcess(new ManualClock()),
    atExpiry: await atExpiry(new ManualClock()),
  }
}
