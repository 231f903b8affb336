import { pause } from '../lib/deadline.js'

/** How long a store that has failed twice in a row is left alone. */
const restMs = 500

/**
 * How much later than its time an answer may be read. After this process has stood still, the timer strikes before
 * the answer is read that came long ago.
 */
const graceMs = 10

/** No window, no pause and no line is longer: a store that says so holds something that is not ours. */
const longestWaitMs = 10 * 60 * 1_000

/**
 * A shared store of limits as the rest of core uses it: nothing here rejects, no answer is waited for longer than
 * `ms`, and one that keeps failing is left alone for a while: `undefined`, go on without it. A single failure is no
 * reason for that, because whoever goes on alone takes places that are others'.
 */
export interface StoreAccess {
  /** Milliseconds to wait. */
  wait(work: () => Promise<{ waitMs: number }>): Promise<number | undefined>
  tell(work: () => Promise<void>): Promise<void>
}

type Failure = 'rejected' | 'timeout' | 'unreadable'

export function createStoreAccess(options: {
  ms: number
  monotonic: () => number
  onFailure?: (reason: Failure) => void
}): StoreAccess {
  const { ms, monotonic, onFailure } = options
  let failures = 0
  let awayUntil = -Infinity

  const failed = (reason: Failure): undefined => {
    // Many may have asked before they were told to leave it alone.
    if (monotonic() < awayUntil) return
    failures += 1
    if (failures > 1) awayUntil = monotonic() + restMs
    onFailure?.(reason)
  }

  const ask = async (work: () => Promise<unknown>): Promise<{ answer: unknown } | undefined> => {
    if (monotonic() < awayUntil) return undefined
    const answered = new AbortController()
    const { signal } = answered
    const late = pause(ms, signal).then(() => pause(graceMs, signal))
    const outcome = await Promise.race([answerOf(work), late])
    answered.abort()
    if (outcome === undefined) return failed('timeout')
    return outcome === 'rejected' ? failed('rejected') : outcome
  }

  return {
    async wait(work) {
      const asked = await ask(work)
      if (asked === undefined) return undefined
      const { waitMs } = (asked.answer ?? {}) as { waitMs?: unknown }
      if (typeof waitMs !== 'number' || !(waitMs >= 0 && waitMs <= longestWaitMs)) return failed('unreadable')
      failures = 0
      return waitMs
    },

    async tell(work) {
      await ask(work)
    },
  }
}

async function answerOf(work: () => Promise<unknown>): Promise<{ answer: unknown } | 'rejected'> {
  try {
    return { answer: await work() }
  } catch {
    return 'rejected'
  }
}
