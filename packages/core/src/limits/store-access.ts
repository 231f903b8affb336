import { withDeadline } from '../lib/deadline.js'
import { longestStoredMs } from './limit-store.js'

/** How long a store that has failed twice in a row is left alone. */
const restMs = 500

const late = new Error()
const unreadable = new Error()

/**
 * A shared store of limits as the rest of core uses it. No call rejects, and no answer is waited for longer than
 * `ms`. A store that keeps failing is left out for a while: `undefined` means to go on without it. A single failure
 * does not do that, because a process that goes on without the store takes slots of other processes.
 */
export interface StoreAccess {
  /** Milliseconds to wait. */
  wait(work: () => Promise<{ waitMs: number }>): Promise<number | undefined>
  /** Whether the store has heard it. */
  tell(work: () => Promise<void>): Promise<boolean>
}

/** Why a store was no help. */
export type StoreFailure = 'rejected' | 'timeout' | 'unreadable'

export function createStoreAccess(options: {
  ms: number
  monotonic: () => number
  onFailure?: (reason: StoreFailure) => void
  /** Called when the store is left alone for the first time since it last answered. */
  onAway?: () => void
  /** Called when it answers after that. */
  onBack?: () => void
}): StoreAccess {
  const { ms, monotonic, onFailure, onAway, onBack } = options
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

  const ask = async <Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (monotonic() < awayUntil) return undefined
    try {
      // Answers that have arrived are read first: time in which this process stood still counts for little.
      const answer = await withDeadline(async () => work(), { ms, onTimeout: () => late })
      if (failures > 1) onBack?.()
      failures = 0
      return answer
    } catch (error) {
      if (error === late) return failed('timeout')
      return failed(error === unreadable ? 'unreadable' : 'rejected')
    }
  }

  return {
    wait: (work) =>
      ask(async () => {
        const { waitMs }: { waitMs?: unknown } = Object(await work())
        if (typeof waitMs !== 'number' || !(waitMs >= 0 && waitMs <= longestStoredMs)) throw unreadable
        return waitMs
      }),

    tell: async (work) => (await ask(async () => [await work()])) !== undefined,
  }
}
