import { outsideAsyncContext } from '#runtime'
import { CacheUnavailableError } from '../../errors.js'
import type { CacheFailureEvent } from '../../events.js'
import { systemClock } from '../../lib/clock.js'
import { withDeadline } from '../../lib/deadline.js'
import { unrefTimer } from '../../lib/unref-timer.js'
import { isAnswer } from '../check-answer.js'
import type { Hosts } from '../hosts.js'
import type { TokenCache } from '../token-cache.js'

const failuresToOpen = 5
const probeEveryMs = 500
const probeKey = { subject: 'health', variant: 'health' }

/**
 * Stands around one remote cache. An operation gets the host's `cacheMs`; after five failures in a row nothing goes
 * to the cache any longer, until a probe of the guard's own, every half second, succeeds.
 */
export interface Guard {
  readonly open: boolean
  /**
   * Runs one operation. `ms` may leave it less time than it has by itself, because its call has no more: then being
   * late is not held against the cache.
   *
   * @throws CacheUnavailableError when the guard is open, or the operation failed; the host has been told
   */
  run<Answer>(
    operation: CacheFailureEvent['operation'],
    work: () => Promise<unknown>,
    check: (answer: unknown) => answer is Answer,
    ms?: number,
  ): Promise<Answer>
  answers(): Promise<boolean>
  /** Ends the probing. The next failures begin anew. */
  stop(): void
}

export function createGuard(cache: TokenCache, hosts: Hosts, onClosed: () => void): Guard {
  let open = false
  let failures = 0
  /** Counts the changes: what an operation of before a change tells is old. */
  let era = 0
  let probedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const change = (toOpen: boolean): void => {
    open = toOpen
    era += 1
    failures = 0
    hosts.current.emit({ type: 'cache_guard', state: toOpen ? 'open' : 'closed' })
    if (toOpen) {
      probedAt = systemClock.monotonic()
      probeLater()
    } else onClosed()
  }

  const attempt: Guard['run'] = async (operation, work, check, ms = Number.POSITIVE_INFINITY) => {
    const { cacheMs, emit } = hosts.current
    const within = Math.min(ms, cacheMs)
    const began = era
    let late = false
    let unreadable = false
    const onTimeout = (): Error => {
      late = true
      return new Error('late')
    }
    try {
      const answer = await (cache.local ? work() : withDeadline(work, { ms: within, onTimeout }))
      if (check(answer)) {
        if (began === era && !open) failures = 0
        return answer
      }
      unreadable = true
    } catch {
      // what another's error says may be secret
    }
    const reason = late ? 'timeout' : unreadable ? 'unreadable' : 'rejected'
    if (!open) emit({ type: 'cache_failure', operation, reason })
    const isItsFault = !late || within === cacheMs
    if (!cache.local && !open && began === era && isItsFault) {
      failures += 1
      if (failures === failuresToOpen) change(true)
    }
    throw unavailable()
  }

  const probe = async (): Promise<void> => {
    const began = era
    probedAt = systemClock.monotonic()
    try {
      await attempt('get', () => cache.get(probeKey), isAnswer)
    } catch {
      if (began === era) probeLater()
      return
    }
    if (began === era && open) change(false)
  }

  const probeLater = (): void => {
    clearTimeout(timer)
    const waitMs = probedAt + probeEveryMs - systemClock.monotonic()
    outsideAsyncContext(() => {
      timer = setTimeout(() => void probe(), Math.min(probeEveryMs, Math.max(0, waitMs)))
    })
    unrefTimer(timer)
  }

  /** Where a timer died with the request in which it was set, the next call's coming starts the probe. */
  const probeIfOverdue = (): void => {
    const latestMs = probeEveryMs + 2 * hosts.current.cacheMs
    if (systemClock.monotonic() - probedAt > latestMs) void probe()
  }

  return {
    get open(): boolean {
      return open
    },

    run(operation, work, check, ms) {
      if (open) probeIfOverdue()
      if (open || (ms !== undefined && ms <= 0)) return Promise.reject(unavailable())
      return attempt(operation, work, check, ms)
    },

    answers() {
      return this.run('get', () => cache.get(probeKey), isAnswer).then(
        () => true,
        () => false,
      )
    },

    stop() {
      clearTimeout(timer)
      era += 1
      open = false
      failures = 0
    },
  }
}

const unavailable = (): CacheUnavailableError =>
  new CacheUnavailableError('the shared cache did not answer, or not in time')
