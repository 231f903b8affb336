import type { CacheAccess } from '../cache/cache-access.js'
import { CacheUnavailableError, isForGood } from '../errors.js'
import { detachable, SharedAbort, withDeadline } from '../lib/deadline.js'
import { eventOutcome, type Observer } from '../observer.js'
import type { ForgetUserResult } from '../tokens.js'
import { readStored } from './token-life.js'

/** How long a logout waits for the shared cache to record it. */
const recordedWithinMs = 2_000

/** A logout or renewal of one person. */
export interface Logout {
  /** The person's names in the cache: one for each client id that was used. */
  subjects: readonly string[]
  /** The number that the logout took when it was called. */
  order: number
  /** The person's name in events. */
  user: string | undefined
}

/** Has the platform end a token. */
type Revoke = ((accessToken: string) => Promise<void>) | undefined

/** Logouts and renewals of one instance: what the cache dropped is revoked and told. */
export class Logouts {
  readonly #cache: CacheAccess
  readonly #observer: Observer
  readonly #closing = new SharedAbort()

  constructor(parts: { cache: CacheAccess; observer: Observer }) {
    this.#cache = parts.cache
    this.#observer = parts.observer
  }

  /**
   * Forgets a person here at once, and has the cache record it, however long that takes.
   *
   * @throws CacheUnavailableError when it has not after 2 s, and recording goes on; or when the store refuses for good
   */
  forget(logout: Logout, revoke: Revoke): Promise<ForgetUserResult> {
    return this.#run('forget', logout, revoke)
  }

  /** Has a person's tokens exchanged again everywhere, on the terms of {@link Logouts.forget}; ends no call. */
  async renew(logout: Logout): Promise<{ dropped: number }> {
    const { forgotten: dropped } = await this.#run('renew', logout, undefined)
    return { dropped }
  }

  close(): void {
    this.#closing.abort(
      new CacheUnavailableError(
        'close() was called before the cache had recorded the logout: other processes may still serve the token',
      ),
    )
  }

  async #run(
    type: 'forget' | 'renew',
    { subjects, order, user }: Logout,
    revoke: Revoke,
  ): Promise<ForgetUserResult> {
    const { emit } = this.#observer
    const told = { user, origin: 'local' } as const
    const all = subjects.map((subject) =>
      this.#cache.forget(subject, { id: crypto.randomUUID(), renewal: type === 'renew' }, order),
    )
    const each = Promise.all(all.map(({ recorded }) => recorded))
    const recorded = detachable(each, this.#closing).then((values) => values.flat())
    const finished = recorded.then((values) => {
      if (type === 'forget') emit({ type, ...told, forgotten: values.length, outcome: 'ok' })
      else emit({ type, ...told, dropped: values.length, outcome: 'ok' })
      return revokeAll(values, revoke)
    })
    finished.catch(() => {}) // after the deadline below no caller waits for it
    try {
      await inTime(recorded, type === 'forget' ? 'logout' : 'renewal')
    } catch (error) {
      emit({ type, ...told, outcome: eventOutcome(error) })
      // The store keeps what it has: what is known of that is worth revoking all the same.
      const values = all.flatMap(({ here }) => here)
      if (isForGood(error)) await revokeAll(values, revoke)
      throw error
    }
    return finished
  }
}

/** What the cache has recorded, if it has within 2 s. */
function inTime<Result>(recorded: Promise<Result>, what: 'logout' | 'renewal'): Promise<Result> {
  const onTimeout = (): Error =>
    new CacheUnavailableError(
      `the cache has not recorded the ${what} after 2 s; it has taken effect in this process, and recording goes on`,
    )
  return withDeadline(() => recorded, { ms: recordedWithinMs, onTimeout })
}

/** Revokes every token among the dropped values. One that cannot be read or revoked is counted as failed. */
async function revokeAll(values: readonly string[], revoke: Revoke): Promise<ForgetUserResult> {
  const result = { forgotten: values.length, revoked: 0, failed: 0 }
  if (revoke === undefined) return result
  const work = values.map(async (value) => {
    const token = readStored(value)
    if (token === undefined) throw new Error('unreadable')
    await revoke(token.accessToken)
  })
  for (const { status } of await Promise.allSettled(work)) {
    if (status === 'fulfilled') result.revoked += 1
    else result.failed += 1
  }
  return result
}
