import { pause } from '../lib/deadline.js'
import { longestStoredMs } from './limit-store.js'

/** How long a store that has failed twice in a row is left alone. */
const restMs = 500

/** Between two of these, answers that have arrived are read: time in which this process stood still counts as one. */
const sliceMs = 25

/**
 * A shared store of limits as the rest of core uses it. No call rejects, and no answer is waited for longer than
 * `ms`. A store that keeps failing is left out for a while: `undefined` means to go on without it. A single failure
 * does not do that, because a process that goes on without the store takes slots of other processes.
 */
export interface StoreAccess {
  /** Milliseconds to wait. */
  wait(work: () => Promise<{ waitMs: number }>): Promise<number | undefined>
  tell(work: () => Promise<void>): Promise<void>
}

/** Why a store was no help. */
export type StoreFailure = 'rejected' | 'timeout' | 'unreadable'

export function createStoreAccess(options: {
  ms: number
  monotonic: () => number
  onFailure?: (reason: StoreFailure) => void
  /** Called when the store is left alone for the first time since it last answered. */
  onAway?: () => void
}): StoreAccess {
  const { ms, monotonic, onFailure, onAway } = options
  let failures = 0
  let awayUntil = -Infinity

  const failed = (reason: StoreFailure): undefined => {
    // Many may have asked before they heard that it is left out.
    if (monotonic() < awayUntil) return
    failures += 1
    if (failures > 1) awayUntil = monotonic() + restMs
    if (failures === 2) onAway?.()
    onFailure?.(reason)
  }

  const ask = async (work: () => Promise<unknown>): Promise<{ answer: unknown } | undefined> => {
    if (monotonic() < awayUntil) return undefined
    const answered = new AbortController()
    const outcome = await Promise.race([answerOf(work), late(ms, answered.signal)])
    answered.abort()
    if (outcome === undefined) return failed('timeout')
    return outcome === 'rejected' ? failed('rejected') : outcome
  }

  return {
    async wait(work) {
      const asked = await ask(work)
      if (asked === undefined) return undefined
      const { waitMs } = (asked.answer ?? {}) as { waitMs?: unknown }
      if (typeof waitMs !== 'number' || !(waitMs >= 0 && waitMs <= longestStoredMs))
        return failed('unreadable')
      failures = 0
      return waitMs
    },

    async tell(work) {
      await ask(work)
    },
  }
}

async function late(ms: number, signal: AbortSignal): Promise<undefined> {
  for (let left = ms; left > 0 && !signal.aborted; left -= sliceMs) {
    await pause(Math.min(left, sliceMs), signal).catch(() => {})
  }
}

async function answerOf(work: () => Promise<unknown>): Promise<{ answer: unknown } | 'rejected'> {
  try {
    return { answer: await work() }
  } catch {
    return 'rejected'
  }
}
