import { outsideAsyncContext } from '#runtime'
import { CacheUnavailableError, isForGood } from '../../errors.js'
import { pause, SharedAbort } from '../../lib/deadline.js'
import { united } from '../../lib/united.js'
import type { ForgetRequest } from '../token-cache.js'
import type { Recording } from './person.js'

const firstPauseMs = 200
const longestPauseMs = 5_000
/** So many at once: thousands may wait when the store comes back, and calls want to be answered as well. */
const atOnce = 20

/** Has the store forget one person, once. `sent` is called when the store is really asked. */
export type AskToForget = (request: ForgetRequest, sent: () => void) => Promise<string[]>

/** What begins a logout's way into the store. */
interface LogoutToQueue {
  request: ForgetRequest
  ask: AskToForget
  /** Values that this process has dropped. */
  droppedHere: readonly string[]
  /** What is on its way already for the same person. */
  before: Recording | undefined
}

/** A logout on its way into the store. */
export class QueuedLogout implements Recording {
  readonly id: string
  readonly renewal: boolean
  /** Resolves, with every value that was dropped, once the store has recorded it. Rejects when it never will. */
  readonly recorded: Promise<string[]>
  /** Resolves whether the first try succeeded. */
  firstTry: Promise<boolean> = Promise.resolve(false)
  /** The store may have heard of it. */
  sent = false
  /** The values that this process has dropped. */
  here: readonly string[]
  /** A try that is under way. */
  trying: Promise<boolean> | undefined
  readonly #logout: LogoutToQueue
  readonly #before: QueuedLogout | undefined
  #settle: { resolve(values: string[]): void; reject(error: Error): void } | undefined

  constructor(logout: LogoutToQueue, before: QueuedLogout | undefined) {
    this.id = logout.request.id
    this.renewal = logout.request.renewal ?? false
    this.#logout = logout
    this.#before = before
    this.here = [...(before?.here ?? []), ...logout.droppedHere]
    this.recorded = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.recorded.catch(() => {}) // the caller may have gone
  }

  get over(): boolean {
    return this.#settle === undefined
  }

  /** Whether a later logout of the same person can go this one's way: the store has not heard of it yet. */
  takesAlong({ request, droppedHere }: LogoutToQueue): boolean {
    if (this.over || this.sent || this.renewal !== (request.renewal ?? false)) return false
    this.here = [...this.here, ...droppedHere]
    return true
  }

  /** Tries once, after the logout before it, or joins the try that is under way. Resolves whether the store has recorded it. */
  tryOnce(): Promise<boolean> {
    this.trying ??= this.#try().finally(() => {
      this.trying = undefined
    })
    return this.trying
  }

  async #try(): Promise<boolean> {
    if (this.#before !== undefined && !this.#before.over && !(await this.#before.tryOnce())) return false
    if (this.over) return true
    const { request, ask } = this.#logout
    try {
      const values = await ask(request, () => {
        this.sent = true
      })
      const before = await this.#before?.recorded.catch(() => [])
      this.#settle?.resolve(united(united(before ?? [], values), this.here))
      this.#settle = undefined
    } catch (error) {
      if (!isForGood(error)) return false
      // The store may have dropped values before it refused.
      this.here = united(await ask({ ...request, unannounced: true }, () => {}).catch(() => []), this.here)
      this.giveUp(error)
    }
    return true
  }

  giveUp(error: Error): void {
    this.#settle?.reject(error)
    this.#settle = undefined
  }
}

/**
 * Logouts on their way into one store: each is tried, with growing pauses, until the store has recorded it or refuses for
 * good. Until then nothing that the store holds of that person counts.
 */
export class LogoutQueue {
  /** The one that was tried least recently comes first. */
  readonly #waiting = new Set<QueuedLogout>()
  #wake = new SharedAbort()
  #isTryingAgain = false
  #pauseMs = firstPauseMs
  #stops = 0

  /** Tries at once, and again until the store has recorded it. */
  begin(logout: LogoutToQueue): QueuedLogout {
    const before = logout.before instanceof QueuedLogout && !logout.before.over ? logout.before : undefined
    if (before !== undefined && (before.id === logout.request.id || before.takesAlong(logout))) return before
    const queued = new QueuedLogout(logout, before)
    this.#waiting.add(queued)
    const over = (): void => void this.#waiting.delete(queued)
    queued.recorded.then(over, over)
    queued.firstTry = queued.tryOnce()
    if (!this.#isTryingAgain) {
      this.#isTryingAgain = true
      void outsideAsyncContext(() => this.#tryAgain(this.#stops))
    }
    return queued
  }

  /** The store can be asked again. */
  tryNow(): void {
    this.#pauseMs = firstPauseMs
    this.#wake.abort()
    this.#wake = new SharedAbort()
  }

  /** Nobody uses the store any longer. */
  stop(): void {
    this.#stops += 1
    this.#isTryingAgain = false
    this.tryNow()
    for (const queued of this.#waiting) queued.giveUp(notRecorded())
    this.#waiting.clear()
  }

  /** One loop for all, however many wait. */
  async #tryAgain(began: number): Promise<void> {
    this.#pauseMs = firstPauseMs
    while (this.#waiting.size > 0) {
      await pause(this.#pauseMs, this.#wake).catch(() => {})
      let recorded = false
      for (let goOn = true; goOn; recorded ||= goOn) {
        if (began !== this.#stops) return
        goOn = (await Promise.all(this.#takeNext().map((queued) => queued.tryOnce()))).includes(true)
      }
      this.#pauseMs = recorded ? firstPauseMs : Math.min(longestPauseMs, this.#pauseMs * 2)
    }
    if (began === this.#stops) this.#isTryingAgain = false
  }

  /** The next that wait, which go to the end of the line. */
  #takeNext(): QueuedLogout[] {
    const next = [...this.#waiting].filter(({ trying }) => trying === undefined).slice(0, atOnce)
    for (const queued of next) {
      this.#waiting.delete(queued)
      this.#waiting.add(queued)
    }
    return next
  }
}

export const notRecorded = (): CacheUnavailableError =>
  new CacheUnavailableError('the shared cache has not recorded the logout')
