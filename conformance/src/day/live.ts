import type { ManualClock } from '../manual-clock.js'
import type { Fleet } from './fleet.js'
import { numbersFrom, pauseAfterCall, type Visit } from './model.js'

/** What a day came to. */
export interface Day {
  calls: number
  logouts: number
  exchanges: number
  /** Exchanges in the busiest second. */
  mostInOneSecond: number
  /** Access tokens that were served after their end. */
  expiredServed: number
  /** Access tokens that were served to somebody else. */
  foreignServed: number
}

/** Lives through the visits second by second: everybody whose page calls in a second calls at once. */
export async function liveThrough(
  visits: readonly Visit[],
  options: {
    fleet: Fleet
    processes: number
    clock: ManualClock
    seed: number
    restartAt?: number[]
    /** Told the hours of the day that are over, one after the other. */
    onHour?: ((hour: number) => void) | undefined
  },
): Promise<Day> {
  const { fleet, processes, clock, seed, restartAt = [], onHour } = options
  const random = numbersFrom(seed)
  const agenda = new Map<number, number[]>()
  const plan = (second: number, user: number): void => {
    const users = agenda.get(second)
    if (users === undefined) agenda.set(second, [user])
    else users.push(user)
  }
  visits.forEach(({ from }, user) => void plan(from, user))

  const day = { calls: 0, logouts: 0 }
  const turn = async (user: number, second: number, visit: Visit): Promise<void> => {
    const process = Math.floor(random() * processes)
    if (second < visit.until) {
      plan(second + pauseAfterCall(random), user)
      day.calls += 1
      await fleet.call(user, process)
    } else if (visit.logsOut) {
      day.logouts += 1
      await fleet.logOut(user, process)
    }
  }

  for (let second = 0; agenda.size > 0; second += 1) {
    if (second > 0 && second % 3_600 === 0) onHour?.(second / 3_600)
    const restarting = restartAt.indexOf(second)
    if (restarting !== -1) await fleet.restart(restarting)
    const users = agenda.get(second) ?? []
    agenda.delete(second)
    await Promise.all(
      users.map((user) => {
        const visit = visits[user]
        return visit === undefined ? undefined : turn(user, second, visit)
      }),
    )
    await fleet.settled()
    clock.pass(1_000)
  }
  await fleet.close()
  return { ...day, ...fleet.counts }
}
