import { expectManyListeners } from '#runtime'

/** The end of something that lives as long as the process. */
export interface Ending {
  /** Aborted at the end. */
  readonly signal: AbortSignal
  end(reason: Error): void
}

/**
 * Makes its controller when it is first asked for: applications create their tokens while modules are loaded, and
 * workers refuse to make one then.
 */
export function createEnding(): Ending {
  let controller: AbortController | undefined
  const made = (): AbortController => {
    if (controller === undefined) {
      controller = new AbortController()
      expectManyListeners(controller.signal)
    }
    return controller
  }
  return {
    get signal() {
      return made().signal
    },
    end: (reason) => made().abort(reason),
  }
}
