import { ClosedError, UpstreamUnavailableError, UserForgottenError } from './errors.js'
import { isPromise } from './lib/and-then.js'

/**
 * A person within this instance, before anything is hashed: `forgetUser` must take effect in the moment it is
 * called, and hashing takes a moment.
 */
export type Person = string

/** Neither part is empty or holds a line break: both were checked. */
export function personOf({ tenant = '', sub }: { tenant?: string | undefined; sub: string | null }): Person {
  return `${tenant}\n${sub ?? ''}`
}

/**
 * The calls under way: each ends with its work, its deadline, its caller's signal, a logout, or `close()`. Work whose
 * call has ended goes on unseen; it asks `throwIfEnded` before it starts anything that would outlive the call.
 */
export interface Calls {
  run<Result>(
    options: { person?: Person; signal?: AbortSignal | undefined },
    work: (throwIfEnded: () => void) => Result | Promise<Result>,
  ): Promise<Result>
  /** Ends every call for a person at once, with UserForgottenError. */
  endFor(person: Person): void
  /** Ends every call, and every later one. */
  close(): void
  readonly closed: boolean
}

/** A call under way. */
interface Call {
  readonly person: Person | undefined
  readonly end: (error: unknown) => void
  /** Where it stands in the list. */
  place: number
}

export function createCalls({ callMs }: { callMs: number }): Calls {
  // A list, and no map by person: a table that entries come into and leave at every call keeps much of what they held
  // from the garbage collector. Only a logout looks through it.
  const underWay: Call[] = []
  let closed = false

  const add = (person: Person | undefined, end: Call['end']): Call => {
    const call = { person, end, place: underWay.length }
    underWay.push(call)
    return call
  }
  const remove = (call: Call): void => {
    if (underWay[call.place] !== call) return
    const last = underWay.pop()
    if (last === undefined || last === call) return
    last.place = call.place
    underWay[call.place] = last
  }

  /** Ends a call at its deadline and when its caller gives up. Returns the way to stop that. */
  const endIfLate = (end: Call['end'], signal: AbortSignal | undefined): (() => void) => {
    const onAbort = (): void => end(signal?.reason)
    const late = (): void => end(new UpstreamUnavailableError(`no answer within ${callMs} ms`))
    const timer = setTimeout(late, callMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return {
    get closed(): boolean {
      return closed
    },

    run<Result>(
      { person, signal }: { person?: Person; signal?: AbortSignal | undefined },
      work: (throwIfEnded: () => void) => Result | Promise<Result>,
    ): Promise<Result> {
      if (closed) return Promise.reject(new ClosedError())
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        let ended: { by: unknown } | undefined
        let stopWaiting: (() => void) | undefined
        const leave = (): void => {
          stopWaiting?.()
          remove(call)
        }
        const succeed = (result: Result): void => {
          leave()
          resolve(result)
        }
        const end = (error: unknown): void => {
          ended ??= { by: error }
          leave()
          reject(error)
        }
        const call = add(person, end)
        try {
          const result = work(() => {
            if (ended !== undefined) throw ended.by
          })
          if (!isPromise(result)) return succeed(result)
          result.then(succeed, end)
        } catch (error) {
          return end(error)
        }
        if (signal?.aborted) return end(signal.reason)
        // Only work that takes its time can take too long.
        if (ended === undefined) stopWaiting = endIfLate(end, signal)
      })
    },

    endFor(person) {
      for (const call of underWay.filter((call) => call.person === person)) call.end(new UserForgottenError())
    },

    close() {
      closed = true
      for (const call of [...underWay]) call.end(new ClosedError())
    },
  }
}
