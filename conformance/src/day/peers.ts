import type { ManualClock } from '../manual-clock.js'
import { type Fleet, lifetimeSeconds } from './fleet.js'

/** How near to its end a token is not served any more, in milliseconds; the same as core's. */
const tooLateMs = 30_000

/** What most code does: one process that exchanges when the token has ended, while the user waits. */
export function refreshingAtExpiry(clock: ManualClock): Fleet {
  const ends = new Map<number, number>()
  const second = { at: 0, exchanges: 0 }
  const counts = { exchanges: 0, mostInOneSecond: 0, expiredServed: 0, foreignServed: 0 }
  return {
    counts,
    async call(user) {
      if ((ends.get(user) ?? 0) - clock.now() >= tooLateMs) return
      ends.set(user, clock.now() + lifetimeSeconds * 1_000)
      if (second.at !== clock.now()) Object.assign(second, { at: clock.now(), exchanges: 0 })
      second.exchanges += 1
      counts.exchanges += 1
      counts.mostInOneSecond = Math.max(counts.mostInOneSecond, second.exchanges)
    },
    async logOut(user) {
      ends.delete(user)
    },
    async restart() {},
    async settled() {},
    async close() {},
  }
}
