import { withDeadline } from '../deadline.js'

/** How long a store that has failed is left alone. */
const restMs = 500

/** No window, no pause and no line is longer: a store that says so holds something that is not ours. */
const longestWaitMs = 10 * 60 * 1_000

/**
 * A shared store of limits as the rest of core uses it: nothing here rejects, no answer is waited for longer than
 * `ms`, and one that has failed is left alone for a while. `undefined`: go on without it.
 */
export interface StoreAccess {
  /** Milliseconds to wait. */
  wait(work: () => Promise<{ waitMs: number }>): Promise<number | undefined>
  tell(work: () => Promise<void>): Promise<void>
}

export function createStoreAccess(options: {
  ms: number
  monotonic: () => number
  onFailure?: (reason: 'rejected' | 'timeout' | 'unreadable') => void
}): StoreAccess {
  const { ms, monotonic, onFailure } = options
  let awayUntil = -Infinity

  const failed = (reason: 'rejected' | 'timeout' | 'unreadable'): undefined => {
    // Many may have asked before the first of them failed: they are told of once.
    if (monotonic() < awayUntil) return
    awayUntil = monotonic() + restMs
    onFailure?.(reason)
  }

  const ask = async (work: () => Promise<unknown>): Promise<unknown> => {
    if (monotonic() < awayUntil) return undefined
    let late = false
    const onTimeout = (): Error => {
      late = true
      return new Error('the store of limits is late')
    }
    try {
      return await withDeadline(async () => ({ answer: await work() }), { ms, onTimeout })
    } catch {
      return failed(late ? 'timeout' : 'rejected')
    }
  }

  return {
    async wait(work) {
      const asked = (await ask(work)) as { answer: { waitMs?: unknown } | undefined } | undefined
      if (asked === undefined) return undefined
      const waitMs = asked.answer?.waitMs
      if (typeof waitMs === 'number' && waitMs >= 0 && waitMs <= longestWaitMs) return waitMs
      return failed('unreadable')
    },

    async tell(work) {
      await ask(work)
    },
  }
}
