import { ClosedError, UpstreamUnavailableError, UserForgottenError } from '../errors.js'

/**
 * A person within this instance, before anything is hashed: `forgetUser` must take effect in the moment it is
 * called, and hashing takes a moment.
 */
export type Person = string

export function personOf(user: { tenant?: string | undefined; sub: string | null }): Person {
  return JSON.stringify([user.tenant ?? null, user.sub])
}

/**
 * The calls under way: each ends with its work, its deadline, its caller's signal, a logout, or `close()`. Work whose
 * call has ended goes on unseen; it asks `throwIfEnded` before it starts anything that would outlive the call.
 */
export interface Calls {
  run<Result>(
    options: { person?: Person; signal?: AbortSignal | undefined },
    work: (throwIfEnded: () => void) => Promise<Result>,
  ): Promise<Result>
  /** Ends every call for a person at once, with UserForgottenError. */
  endFor(person: Person): void
  /** Ends every call, and every later one. */
  close(): void
  readonly closed: boolean
}

export function createCalls({ callMs }: { callMs: number }): Calls {
  const underWay = new Map<Person | undefined, Set<(error: unknown) => void>>()
  let closed = false

  return {
    get closed(): boolean {
      return closed
    },

    run({ person, signal }, work) {
      if (closed) return Promise.reject(new ClosedError())
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const onAbort = (): void => end(signal?.reason)
        const leave = (): void => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          const others = underWay.get(person)
          others?.delete(end)
          if (others?.size === 0) underWay.delete(person)
        }
        let ended: { by: unknown } | undefined
        const end = (error: unknown): void => {
          ended ??= { by: error }
          leave()
          reject(error)
        }
        const throwIfEnded = (): void => {
          if (ended !== undefined) throw ended.by
        }
        const timer = setTimeout(
          () => end(new UpstreamUnavailableError(`no answer within ${callMs} ms`)),
          callMs,
        )
        signal?.addEventListener('abort', onAbort, { once: true })
        const others = underWay.get(person)
        if (others === undefined) underWay.set(person, new Set([end]))
        else others.add(end)

        work(throwIfEnded).then((result) => {
          leave()
          resolve(result)
        }, end)
      })
    },

    endFor(person) {
      for (const end of [...(underWay.get(person) ?? [])]) end(new UserForgottenError())
    },

    close() {
      closed = true
      for (const ends of [...underWay.values()]) {
        for (const end of [...ends]) end(new ClosedError())
      }
    },
  }
}
