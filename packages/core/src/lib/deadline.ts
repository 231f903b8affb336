/**
 * Runs work under a time limit. The work gets a signal that is aborted when the time is over or `parent` is
 * aborted; the result settles then, even if the work pays no attention to its signal.
 */
export function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  options: { ms: number; onTimeout: () => Error; parent?: AbortSignal | undefined },
): Promise<Result> {
  const { ms, onTimeout, parent } = options
  if (parent?.aborted) return Promise.reject(parent.reason)
  return new Promise<Result>((resolve, reject) => {
    const controller = new AbortController()
    const stop = (reason: unknown): void => {
      clear()
      controller.abort(reason)
      reject(reason)
    }
    const onAbort = (): void => stop(parent?.reason)
    const timer = setTimeout(() => stop(onTimeout()), ms)
    const clear = (): void => {
      clearTimeout(timer)
      parent?.removeEventListener('abort', onAbort)
    }
    parent?.addEventListener('abort', onAbort, { once: true })
    new Promise<Result>((start) => start(work(controller.signal))).then(resolve, reject).finally(clear)
  })
}

/** Waits, unless the signal is aborted first: then it rejects with the signal's reason and leaves no timer. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Waits for shared work until the caller's own signal is aborted; the work itself goes on. */
export function detachable<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
