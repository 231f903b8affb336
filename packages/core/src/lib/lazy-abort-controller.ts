import { expectManyListeners } from '#runtime'

/** An abort controller that is made when its signal is first asked for. */
export interface LazyAbortController {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/**
 * Makes its controller when it is first asked for: applications create their tokens while modules are loaded, and
 * workers refuse to make one then; most calls never need theirs.
 */
export function createLazyAbortController(): LazyAbortController {
  let controller: AbortController | undefined
  let aborted: { reason: unknown } | undefined
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController()
        expectManyListeners(controller.signal)
        if (aborted !== undefined) controller.abort(aborted.reason)
      }
      return controller.signal
    },
    abort(reason) {
      aborted ??= { reason }
      controller?.abort(reason)
    },
  }
}
