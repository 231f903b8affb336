import { withDeadline } from './deadline.js'

/**
 * Calls a function of the application's under a time limit. Its own error may hold anything, so it is dropped:
 * `failure` makes the one that takes its place, from words such as "threw".
 */
export function askApplication<Answer>(
  call: (signal: AbortSignal) => Answer | Promise<Answer>,
  options: { ms: number; signal?: AbortSignal | undefined; failure: (what: string) => Error },
): Promise<Answer> {
  const { ms, signal: parent, failure } = options
  const work = async (signal: AbortSignal): Promise<Answer> => {
    try {
      return await call(signal)
    } catch {
      throw failure('threw an error, which is not repeated here')
    }
  }
  return withDeadline(work, {
    ms,
    parent,
    onTimeout: () => failure(`returned nothing within ${ms / 1_000} s`),
  })
}
