import type { Place } from './announcements.js'

/** Follows the numbers of what is heard. */
export interface Row {
  /** Whether everything before this heartbeat was heard. The first one says where to begin, and that nothing is known before it. */
  heartbeat(place: Place): boolean
  /** Whether everything before this announcement was heard. */
  announcement(place: Place): boolean
}

export function createRow(): Row {
  let last: Place | undefined
  return {
    heartbeat(place) {
      const complete = last?.count === place.count && last.number === place.number
      last = place
      return complete
    },
    announcement(place) {
      // Another application's store may use the same channel; before the first heartbeat nobody knows which is ours.
      if (last === undefined || last.count !== place.count) return true
      const complete = place.number === last.number + 1
      last = { count: place.count, number: Math.max(place.number, last.number) }
      return complete
    },
  }
}
