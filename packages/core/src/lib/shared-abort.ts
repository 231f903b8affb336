/** What an `AbortSignal` tells whoever waits; every `AbortSignal` fits. */
export interface Abortable {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * An abort that calls of several requests wait for, such as the end of an instance. Not an `AbortController`: on workers
 * one belongs to the request that made it, every other request that looks at its signal gets an error, and while modules
 * are loaded none can be made.
 */
export class SharedAbort implements Abortable {
  readonly #listeners = new Set<() => void>()
  #aborted: { reason: unknown } | undefined

  get aborted(): boolean {
    return this.#aborted !== undefined
  }

  get reason(): unknown {
    return this.#aborted?.reason
  }

  /** Listeners are called once at most. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(reason?: unknown): void {
    if (this.#aborted !== undefined) return
    this.#aborted = { reason }
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }
}

/**
 * Aborts a call's own controller, from whatever request. Where a worker does not allow that, the work goes on unseen: its
 * caller has its answer already, and what the work brings is thrown away.
 */
export function abortAnywhere(controller: AbortController | undefined, reason: unknown): void {
  try {
    controller?.abort(reason)
  } catch {}
}
