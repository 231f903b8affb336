import { pause } from '../deadline.js'
import { createEnding } from '../ending.js'
import { CacheUnavailableError } from '../errors.js'
import { droppedValues, isAnything } from './check-answer.js'
import type { Copies } from './copies.js'
import type { Guard } from './guard.js'
import type { PendingForget } from './hook.js'
import type { TokenCache } from './token-cache.js'
import type { Trust } from './trust.js'

const retryEveryMs = 200

/** Logouts on their way into the store. Until it has recorded one, nothing that it holds of that subject counts. */
export interface Forgets {
  /** Whether one of this subject is not recorded yet. */
  pending(subject: string): boolean
  /** Forgets here at once, and tries until the store has recorded it. */
  begin(subject: string): PendingForget
  /** The same, but rejects if the first try fails. Trying goes on. */
  once(subject: string): Promise<string[]>
  /** The store can be asked again. */
  tryNow(): void
  stop(): void
}

interface Unrecorded extends PendingForget {
  /** What memory in front has dropped. */
  inFront: Promise<string[]>
  firstTry: Promise<string[] | undefined>
}

export function createForgets(parts: {
  guard: Guard
  shared: TokenCache
  copies: Copies
  trust: Trust
}): Forgets {
  const { guard, shared, copies, trust } = parts
  const unrecorded = new Map<string, Unrecorded>()
  let wake = createEnding()
  let stops = 0

  const record = async (subject: string): Promise<string[] | undefined> => {
    const asked = guard.run('forget', () => shared.forget(subject), isAnything)
    return asked.then(droppedValues, () => undefined)
  }

  const wakeAll = (): void => {
    wake.end(new Error('try again'))
    wake = createEnding()
  }

  /** Tries until the store has recorded it; `began` tells whether the cache has been given up meanwhile. */
  const recordAtLast = async (
    subject: string,
    firstTry: Promise<string[] | undefined>,
    began: number,
  ): Promise<string[]> => {
    for (let tried = firstTry; ; tried = record(subject)) {
      const dropped = await tried
      if (dropped !== undefined) return dropped
      // for a moment, or until the store can be asked again
      if (began === stops) await pause(retryEveryMs, wake.signal).catch(() => {})
      if (began !== stops) throw notRecorded()
    }
  }

  const begin = (subject: string): Unrecorded => {
    trust.forget(subject)
    // A second logout answers for what the first has dropped and could not report yet.
    const inFront = Promise.all([copies.forget(subject), unrecorded.get(subject)?.inFront ?? []])
    const firstTry = record(subject)
    const behind = recordAtLast(subject, firstTry, stops)
    const entry: Unrecorded = {
      inFront: inFront.then((values) => values.flat()),
      noted: inFront.then(() => {}),
      firstTry,
      recorded: behind.then(async (values) => [...new Set([...(await entry.inFront), ...values])]),
    }
    const done = (): void => {
      if (unrecorded.get(subject) === entry) unrecorded.delete(subject)
      // What was learned in between may be older than the logout.
      trust.forget(subject)
    }
    behind.then(done, done)
    unrecorded.set(subject, entry)
    for (const each of [entry.inFront, entry.noted, entry.recorded]) each.catch(() => {})
    return entry
  }

  return {
    pending: (subject) => unrecorded.has(subject),
    begin,
    async once(subject) {
      const { firstTry, recorded } = begin(subject)
      if ((await firstTry) === undefined) throw notRecorded()
      return recorded
    },
    tryNow: wakeAll,
    stop() {
      stops += 1
      wakeAll()
    },
  }
}

const notRecorded = (): CacheUnavailableError =>
  new CacheUnavailableError('the shared cache has not recorded the logout')
