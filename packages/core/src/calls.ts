import type { People } from './cache/shared/people.js'
import type { Person, UnderWay } from './cache/shared/person.js'
import { ClosedError, InvalidRequestError, UpstreamUnavailableError, UserForgottenError } from './errors.js'
import { abortAnywhere, startTimer } from './lib/deadline.js'
import { isPromise } from './lib/promises.js'

/**
 * A call under way. It ends with its work, its deadline, its caller's signal, `close()`, or a logout of the person that it
 * works for. Work whose call has ended goes on unseen, and asks `throwIfEnded` before it starts, sends or signs anything.
 */
export class Call implements UnderWay {
  readonly asked: number
  told: string | undefined
  /** How many logouts there had been when the call began. */
  readonly #logouts: number
  /** Made when its signal is first asked for: most calls never need one. */
  #controller: AbortController | undefined
  #person: Person | undefined
  #ended: { by: unknown } | undefined
  #isOver = false
  /** Set once a caller waits for the call. */
  #onEnd: ((error: unknown) => void) | undefined
  /** The index in the list of calls under way; -1 before and after. */
  index = -1

  constructor({ logouts, asked }: Began) {
    this.#logouts = logouts
    this.asked = asked
  }

  /** Aborted when the call ends before its work; never once its work has ended. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.by)
    }
    return this.#controller.signal
  }

  /** From now on a logout of this person ends the call, and one that came since the call began has ended it. */
  workFor(person: Person): void {
    this.#person = person
    this.throwIfEnded()
    if (this.#onEnd !== undefined) person.enter(this)
  }

  /** A token was given to it: one from before a logout that shows later is a reason to end it then. */
  hasToken(): void {
    this.told = this.#person?.told
  }

  /** Whether the work has ended or not: nothing from before a logout is served after it. */
  throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended.by
    const person = this.#person
    if (person === undefined) return
    if (person.over || person.order > this.#logouts) throw new UserForgottenError()
  }

  end(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#ended = { by: error }
    this.#onEnd?.(error)
    abortAnywhere(this.#controller, error)
  }

  /** A caller waits for the call from now on; `onEnd` is called if it ends before its work. */
  waitedFor(onEnd: (error: unknown) => void): void {
    this.#onEnd = onEnd
    this.#person?.enter(this)
  }

  /** The work has ended. */
  finish(): void {
    this.#isOver = true
    this.#person?.leave(this)
  }
}

/** What had happened when a call began. */
type Began = Pick<People, 'logouts' | 'asked'>

/** What a call is run with. */
interface CallOptions {
  signal?: AbortSignal | undefined
  /** In milliseconds. Default: the instance's `callMs`. */
  deadlineMs?: number | undefined
}

/** The calls of one instance. */
export class Calls {
  readonly #people: Began
  readonly #callMs: number
  /** A list, and no map: a table whose entries come and go at every call keeps what they held from the collector. */
  readonly #underWay: Call[] = []
  #closed = false

  constructor({ people, callMs }: { people: Began; callMs: number }) {
    this.#people = people
    this.#callMs = callMs
  }

  get closed(): boolean {
    return this.#closed
  }

  run<Result>(options: CallOptions, work: (call: Call) => Result | Promise<Result>): Promise<Result> {
    const { signal } = options
    if (this.#closed) return Promise.reject(new ClosedError())
    // Another library's signal may say nothing, or throw in the middle of a call.
    if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal))
      return Promise.reject(new InvalidRequestError('signal must be an AbortSignal'))
    if (signal?.aborted) return Promise.reject(signal.reason)
    const call = new Call(this.#people)
    call.index = this.#underWay.push(call) - 1
    let result: Result | Promise<Result> | undefined
    try {
      result = work(call)
      // Code of the application's that ran meanwhile, such as a listener, can have ended it.
      signal?.throwIfAborted()
      call.throwIfEnded()
      if (isPromise(result)) return this.#wait(call, result, options)
      this.#remove(call)
      return Promise.resolve(result)
    } catch (error) {
      this.#remove(call)
      if (isPromise(result)) result.catch(() => {}) // its call has ended: no caller waits for it
      return Promise.reject(error)
    }
  }

  /** Ends every call, and every later one. */
  close(): void {
    this.#closed = true
    for (const call of [...this.#underWay]) call.end(new ClosedError())
  }

  #wait<Result>(call: Call, result: Promise<Result>, options: CallOptions): Promise<Result> {
    const { signal, deadlineMs = this.#callMs } = options
    return new Promise((resolve, reject) => {
      const onAbort = (): void => call.end(signal?.reason)
      const late = (): void => call.end(new UpstreamUnavailableError(`no answer within ${deadlineMs} ms`))
      const timer = deadlineMs === Number.POSITIVE_INFINITY ? undefined : startTimer(deadlineMs, late)
      const leave = (): void => {
        timer?.stop()
        signal?.removeEventListener('abort', onAbort)
        this.#remove(call)
        call.finish()
      }
      signal?.addEventListener('abort', onAbort)
      call.waitedFor((error) => {
        leave()
        reject(error)
      })
      result.then(
        (value) => {
          leave()
          resolve(value)
        },
        (error: unknown) => {
          leave()
          reject(error)
        },
      )
    })
  }

  /** Puts the last one in its place. */
  #remove(call: Call): void {
    if (call.index < 0) return
    const last = this.#underWay.pop()
    if (last !== undefined && last !== call) {
      last.index = call.index
      this.#underWay[call.index] = last
    }
    call.index = -1
  }
}
