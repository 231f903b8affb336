/**
 * Goes on with a value: at once where it is there, later where it is promised. A promise for which nobody has to wait
 * costs as much as much of what is computed here.
 */
export function andThen<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** What work gives; whatever it throws or rejects with, another error takes its place. */
export function orFailWith<Value>(
  error: () => Error,
  work: () => Value | Promise<Value>,
): Value | Promise<Value> {
  const fail = (): never => {
    throw error()
  }
  try {
    const value = work()
    return isPromise(value) ? value.catch(fail) : value
  } catch {
    return fail()
  }
}

/** Not by `instanceof`: async functions give the runtime's own promises, whatever a library has put into its place. */
export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}

/**
 * Hands work to the application's `waitUntil`, so that a runtime finishes it after the response. Returns whether it was
 * taken: outside of a request there may be nothing to keep alive, and then the function throws.
 */
export function keepAlive(
  work: Promise<unknown>,
  waitUntil: ((work: Promise<unknown>) => void) | undefined,
): boolean {
  if (waitUntil === undefined) return false
  const settled = work.then(
    () => {},
    () => {},
  )
  return undisturbed(() => waitUntil(settled))
}

/**
 * Calls what the application listens or takes with, and tells whether it did not throw. What becomes of a promise that it
 * gives is nobody's concern here.
 */
export function undisturbed(tell: () => unknown): boolean {
  const nothing = (): void => {}
  try {
    const answer = tell()
    // By the runtime's own method, because a promise may have any other of its own.
    if (answer instanceof Promise) Promise.prototype.then.call(answer, nothing, nothing)
    else if (answer) new Promise((resolve) => resolve(answer)).catch(nothing)
    return true
  } catch {
    return false
  }
}
