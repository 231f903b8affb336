import { LRU } from 'tiny-lru'
import { type Clock, elapsedMs, type Moment, momentOf } from '../../lib/clock.js'
import type { Copy } from './copies.js'

/** How often a subject's generation is compared where nobody tells of logouts. */
const compareEveryMs = 1_000
/**
 * How long a copy may be served that cannot be compared: a logout elsewhere takes effect then at the latest. After that
 * a generation proves nothing of what went before, either: stores forget a logout after ten minutes, and whoever was
 * not there in between is told the generation of one who was never forgotten.
 */
const uncomparedForMs = 300_000

interface Known {
  /** In the store, when it was last asked; `undefined` since a logout. */
  generation: string | undefined
  comparedAt: Moment
  /** No logout since then can have been missed. */
  completeFrom: Moment
  /** How many doubts there had been. */
  doubts: number
  forgottenAt: number
}

/** What has to be known of a copy to tell whether it counts. */
export type Dated = Pick<Copy, 'generation' | 'ageMs'>

/** A point in the order of things, taken before the store is asked. */
export interface Mark {
  order: number
  doubts: number
  at: Moment
}

/**
 * What this process knows of the generations in the store, and how sure it is. A doubt is raised when logouts may
 * have been missed: then every subject has to be compared once more.
 */
export interface Trust {
  mark(): Mark
  /** The store has told a subject's generation. Counts for nothing if the subject was forgotten since. */
  learn(subject: string, generation: string, since: Mark): void
  forget(subject: string): void
  forgottenSince(subject: string, mark: Mark): boolean
  doubt(): void
  /** Whether logouts are told. Without, a comparison is good for a second. */
  hears: boolean
  known(subject: string): string | undefined
  /** Whether no logout since the copy was made was known when the store was last asked. */
  vouchesFor(subject: string, copy: Dated): boolean
  /** Whether a copy may be served without asking. */
  isSure(subject: string, copy: Dated): boolean
  /** Whether it may be while the store cannot be asked. */
  wasSure(subject: string, copy: Dated): boolean
  /** Whether something else is known of the subject than this generation. */
  contradicts(subject: string, generation: string): boolean
}

export function createTrust(clock: Clock, maxSubjects = 100_000): Trust {
  const subjects = new LRU<Known>(maxSubjects)
  /** When each doubt was raised; those that are too old to matter are gone from the front. */
  const doubts: Moment[] = []
  let firstDoubt = 0
  let order = 0
  const doubtCount = (): number => firstDoubt + doubts.length
  const isWithin = (moment: Moment, ms: number): boolean => elapsedMs(clock, moment) < ms

  /** Whether a logout since the last comparison would be known, or will show in the next one. */
  const missedNothing = ({ comparedAt, doubts: doubtsThen }: Known): boolean =>
    isWithin(comparedAt, uncomparedForMs) || (trust.hears && doubtsThen === doubtCount())

  const completeFrom = (before: Known | undefined, generation: string): Moment => {
    if (before?.generation === generation && missedNothing(before)) return before.completeFrom
    return { now: clock.now() - uncomparedForMs, monotonic: clock.monotonic() - uncomparedForMs }
  }

  /** What is known of a copy's subject, if the copy counts by it. */
  const knownFor = (subject: string, { generation, ageMs }: Dated): Known | undefined => {
    const known = subjects.get(subject)
    const counts = known?.generation === generation && ageMs <= elapsedMs(clock, known.completeFrom)
    return counts ? known : undefined
  }

  const trust: Trust = {
    hears: false,

    mark: () => ({ order, doubts: doubtCount(), at: momentOf(clock) }),

    learn(subject, generation, since) {
      const before = subjects.get(subject)
      const forgottenAt = before?.forgottenAt ?? 0
      if (forgottenAt > since.order) return
      subjects.set(subject, {
        generation,
        comparedAt: since.at,
        completeFrom: completeFrom(before, generation),
        doubts: since.doubts,
        forgottenAt,
      })
    },

    forget(subject) {
      order += 1
      const now = momentOf(clock)
      subjects.set(subject, {
        generation: undefined,
        comparedAt: now,
        completeFrom: now,
        doubts: doubtCount(),
        forgottenAt: order,
      })
    },

    forgottenSince(subject, mark) {
      return (subjects.get(subject)?.forgottenAt ?? 0) > mark.order
    },

    doubt() {
      doubts.push(momentOf(clock))
      while (doubts[0] !== undefined && !isWithin(doubts[0], uncomparedForMs)) {
        doubts.shift()
        firstDoubt += 1
      }
    },

    known: (subject) => subjects.get(subject)?.generation,

    vouchesFor: (subject, copy) => knownFor(subject, copy) !== undefined,

    isSure(subject, copy) {
      const known = knownFor(subject, copy)
      if (known === undefined) return false
      return trust.hears ? known.doubts === doubtCount() : isWithin(known.comparedAt, compareEveryMs)
    },

    wasSure(subject, copy) {
      const known = knownFor(subject, copy)
      if (known === undefined) return false
      if (missedNothing(known)) return true
      if (!trust.hears) return false
      const doubtedAt = doubts[known.doubts - firstDoubt]
      return doubtedAt !== undefined && isWithin(doubtedAt, uncomparedForMs)
    },

    contradicts(subject, generation) {
      const known = subjects.get(subject)
      return known !== undefined && known.generation !== generation
    },
  }
  return trust
}
