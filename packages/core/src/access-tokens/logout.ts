import type { CacheAccess } from '../cache/cache-access.js'
import type { Person } from '../calls.js'
import { CacheUnavailableError } from '../errors.js'
import { detachable, pause } from '../lib/deadline.js'
import { createEnding } from '../lib/lazy-abort-controller.js'
import type { Observer } from '../observer.js'
import type { ForgetUserResult } from '../tokens.js'
import { readStored } from './stored-token.js'

/** How long `forgetUser` waits for the shared cache to record a logout. */
const recordedWithinMs = 2_000

/** A logout that is under way. */
export interface Logout {
  person: Person
  /** The person's name in the cache. Not known at once, because hashing takes a moment. */
  subject: Promise<string>
  user: Promise<string | undefined>
  /** Told once the name is known, before the cache is asked. */
  onSubject(subject: string): void
  /** Absent: the dropped tokens are not revoked. */
  revoke: ((accessToken: string) => Promise<void>) | undefined
}

export interface Logouts {
  /**
   * Has the cache record a logout, however long that takes.
   *
   * @throws CacheUnavailableError when it has not after 2 s; recording goes on
   */
  record(logout: Logout): Promise<ForgetUserResult>
  /**
   * Waits for a moment for the cache to take note of the person's logout, if there is one. Tells whether it still has
   * not: then nothing that it holds for this person counts.
   */
  pending(person: Person): boolean | Promise<boolean>
  close(): void
}

export function createLogouts(parts: { cache: CacheAccess; cacheMs: number; observer: Observer }): Logouts {
  const { cache, cacheMs, observer } = parts
  const unnoted = new Map<Person, Set<Promise<unknown>>>()
  const closing = createEnding()

  const revokeAll = async (logout: Logout, values: string[]): Promise<ForgetUserResult> => {
    const { revoke } = logout
    const tokens = values.flatMap((value) => readStored(value)?.accessToken ?? [])
    const result = { forgotten: values.length, revoked: 0, failed: 0 }
    if (revoke === undefined) return result
    for (const { status } of await Promise.allSettled(tokens.map(revoke))) {
      if (status === 'fulfilled') result.revoked += 1
      else result.failed += 1
    }
    return result
  }

  return {
    async record(logout) {
      const begun = logout.subject.then((subject) => {
        logout.onSubject(subject)
        closing.signal.throwIfAborted()
        return cache.forget(subject)
      })
      const noted = begun.then((forget) => forget.noted)
      const recorded = begun.then((forget) => detachable(forget.recorded, closing.signal))
      const others = unnoted.get(logout.person) ?? new Set()
      unnoted.set(logout.person, others.add(noted))
      const done = (): void => {
        others.delete(noted)
        if (others.size === 0) unnoted.delete(logout.person)
      }
      noted.then(done, done)

      const finished = recorded.then(async (values) => {
        const user = await logout.user
        observer.emit({ type: 'forget', user, origin: 'local', forgotten: values.length, outcome: 'ok' })
        return revokeAll(logout, values)
      })
      finished.catch(() => {}) // after the deadline below nobody waits for it any longer

      if (await settlesWithin(recorded, recordedWithinMs)) return finished
      observer.emit({
        type: 'forget',
        user: await logout.user,
        origin: 'local',
        outcome: 'cache_unavailable',
      })
      throw new CacheUnavailableError(
        'the cache has not recorded the logout after 2 s; the user is forgotten in this process, and recording goes on',
      )
    },

    pending(person) {
      const logouts = unnoted.get(person)
      if (logouts === undefined) return false
      return settlesWithin(Promise.allSettled([...logouts]), cacheMs).then(() => unnoted.has(person))
    },

    close() {
      closing.end(new CacheUnavailableError('closed before the cache had recorded the logout'))
    },
  }
}

/** Whether a promise settles within a time; the timer is gone afterwards. */
async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController()
  const settled = work.then(
    () => true,
    () => true,
  )
  const late = pause(ms, timer.signal).then(
    () => false,
    () => true,
  )
  const inTime = await Promise.race([settled, late])
  timer.abort()
  return inTime
}
