import { isTesouroTokensError } from '../errors.js'
import { withDeadline } from './deadline.js'

/**
 * Calls a function of the application's under a time limit, and reads what it has answered: getters of an answer are the
 * application's, too. Its own error may hold anything, so it is dropped: `failure` makes the one that takes its place,
 * from words such as "threw". What `read` throws of ours is passed on.
 */
export function askApplication<Answer, Result>(
  call: (signal: AbortSignal) => Answer | Promise<Answer>,
  read: (answer: Answer) => Result | Promise<Result>,
  options: { ms: number; signal?: AbortSignal | undefined; failure: (what: string) => Error },
): Promise<Result> {
  const { ms, signal: parent, failure } = options
  const work = async (signal: AbortSignal): Promise<Result> => {
    let answered = false
    try {
      const answer = await call(signal)
      answered = true
      return await read(answer)
    } catch (error) {
      throw answered && isTesouroTokensError(error)
        ? error
        : failure('threw an error, which is not repeated here')
    }
  }
  return withDeadline(work, {
    ms,
    parent,
    onTimeout: () => failure(`returned nothing within ${ms / 1_000} s`),
  })
}
