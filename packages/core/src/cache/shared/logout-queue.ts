import { outsideAsyncContext } from '#runtime'
import { CacheUnavailableError } from '../../errors.js'
import { pause } from '../../lib/deadline.js'
import { createEnding } from '../../lib/lazy-abort-controller.js'
import type { PendingForget } from '../cache-context.js'
import { droppedValues, isAnything } from '../check-answer.js'
import type { TokenCache } from '../token-cache.js'
import type { Guard } from './circuit-breaker.js'
import type { Copies } from './copies.js'
import type { Trust } from './trust.js'

const retryEveryMs = 200
/** So many at once: thousands may wait when the store comes back, and calls want to be answered as well. */
const atOnce = 20

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
  isTrying: boolean
  /** The store has recorded it, and dropped these values. */
  done(values: string[]): void
  giveUp(error: Error): void
}

export function createForgets(parts: {
  guard: Guard
  shared: TokenCache
  copies: Copies
  trust: Trust
}): Forgets {
  const { guard, shared, copies, trust } = parts
  /** By subject; the one that was tried least recently comes first. */
  const unrecorded = new Map<string, Unrecorded>()
  let wake = createEnding()
  let stops = 0
  /** The value of `stops` at which trying again began. */
  let tryingAgain: number | undefined

  /** Tells whether the store has recorded it. */
  const tryOnce = async (subject: string, entry: Unrecorded): Promise<boolean> => {
    entry.isTrying = true
    const asked = guard.run('forget', () => shared.forget(subject), isAnything)
    const dropped = await asked.then(droppedValues, () => undefined)
    entry.isTrying = false
    if (dropped !== undefined) entry.done(dropped)
    return dropped !== undefined
  }

  const wakeUp = (): void => {
    wake.end(new Error('try again'))
    wake = createEnding()
  }

  /** The next that wait, which go to the end of the line. */
  const takeNext = (): [subject: string, entry: Unrecorded][] => {
    const next: [string, Unrecorded][] = []
    for (const [subject, entry] of unrecorded) {
      if (next.length === atOnce) break
      if (!entry.isTrying) next.push([subject, entry])
    }
    for (const [subject, entry] of next) {
      unrecorded.delete(subject)
      unrecorded.set(subject, entry)
    }
    return next
  }

  /** One line for all, however many wait: for a moment, or until the store can be asked again. */
  const tryAgain = async (began: number): Promise<void> => {
    while (unrecorded.size > 0) {
      await pause(retryEveryMs, wake.signal).catch(() => {})
      for (let goOn = true; goOn; ) {
        if (began !== stops) return
        goOn = (await Promise.all(takeNext().map((next) => tryOnce(...next)))).includes(true)
      }
    }
    tryingAgain = undefined
  }

  const begin = (subject: string): Unrecorded & { firstTry: Promise<boolean> } => {
    trust.forget(subject)
    const before = unrecorded.get(subject)
    // A second logout answers for what the first has dropped and could not report yet.
    const inFront = Promise.all([copies.forget(subject), before?.inFront ?? []]).then((all) => all.flat())
    let settle: Pick<Unrecorded, 'done' | 'giveUp'> = { done() {}, giveUp() {} }
    const behind = new Promise<string[]>((done, giveUp) => {
      settle = { done, giveUp }
    })
    const entry: Unrecorded = {
      ...settle,
      inFront,
      isTrying: false,
      noted: inFront.then(() => {}),
      recorded: behind.then(async (values) => [...new Set([...(await inFront), ...values])]),
    }
    const over = (): void => {
      if (unrecorded.get(subject) === entry) unrecorded.delete(subject)
      // What was learned in between may be older than the logout.
      trust.forget(subject)
    }
    behind.then(over, over)
    // What records this one has recorded the one before, which is not tried again.
    if (before !== undefined) behind.then(before.done, before.giveUp)
    unrecorded.delete(subject)
    unrecorded.set(subject, entry)
    for (const each of [inFront, entry.noted, entry.recorded]) each.catch(() => {})
    const firstTry = tryOnce(subject, entry)
    if (tryingAgain !== stops) {
      const began = stops
      tryingAgain = began
      void outsideAsyncContext(() => tryAgain(began))
    }
    return { ...entry, firstTry }
  }

  return {
    pending: (subject) => unrecorded.has(subject),
    begin,
    async once(subject) {
      const { firstTry, recorded } = begin(subject)
      if (!(await firstTry)) throw notRecorded()
      return recorded
    },
    tryNow: wakeUp,
    stop() {
      stops += 1
      wakeUp()
      for (const { giveUp } of unrecorded.values()) giveUp(notRecorded())
    },
  }
}

const notRecorded = (): CacheUnavailableError =>
  new CacheUnavailableError('the shared cache has not recorded the logout')
