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
  try {
    const answer: unknown = waitUntil(settled)
    Promise.resolve(answer).catch(() => {})
    return true
  } catch {
    return false
  }
}
