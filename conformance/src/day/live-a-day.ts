import { layeredTokenCache, memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { ManualClock } from '../manual-clock.js'
import { SharedStore } from '../shared-store.js'
import { startFleet } from './fleet.js'
import { type Day, liveThrough } from './live.js'
import { visitsOf } from './model.js'
import { refreshingAtExpiry } from './peers.js'

export type { Day }

export interface DayOptions {
  users: number
  seed: number
  /** Told the hours of the day that are over, one after the other. */
  onHour?: (hour: number) => void
}

const processes = 8

/** One process after the other, ten minutes apart, in the busiest hours. */
const restartAt = Array.from({ length: processes }, (_, index) => 10 * 3_600 + index * 600)

/** Those who live through the same day: a fleet, one process that never restarts, and what most code does. */
export const livesOfADay = {
  fleet({ users, seed, onHour }: DayOptions): Promise<Day> {
    const clock = new ManualClock()
    const store = new SharedStore(clock)
    const open = (): TokenCache => layeredTokenCache({ local: memoryFor(users, clock), shared: store.open() })
    const fleet = startFleet({ processes, clock, open })
    return liveThrough(visitsOf(users, seed), { fleet, processes, clock, seed, restartAt, onHour })
  },

  alone({ users, seed, onHour }: DayOptions): Promise<Day> {
    const clock = new ManualClock()
    const fleet = startFleet({ processes: 1, clock, open: () => memoryFor(users, clock) })
    return liveThrough(visitsOf(users, seed), { fleet, processes: 1, clock, seed, onHour })
  },

  atExpiry({ users, seed, onHour }: DayOptions): Promise<Day> {
    const clock = new ManualClock()
    const fleet = refreshingAtExpiry(clock)
    return liveThrough(visitsOf(users, seed), { fleet, processes: 1, clock, seed, onHour })
  },
}

/** What each of them came to, one after the other in this process. */
export async function liveADay(options: DayOptions): Promise<{ [Life in keyof typeof livesOfADay]: Day }> {
  return {
    fleet: await livesOfADay.fleet(options),
    alone: await livesOfADay.alone(options),
    atExpiry: await livesOfADay.atExpiry(options),
  }
}

/** Room for everybody, so that nobody's token is dropped for want of it. */
function memoryFor(users: number, clock: ManualClock): TokenCache {
  return memoryTokenCache({ clock, maxEntries: 2 * users })
}
