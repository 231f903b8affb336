import { type CacheUnavailableError, isTesouroTokensError } from '../../errors.js'
import type { CacheFailureEvent } from '../../events.js'
import { withDeadline } from '../../lib/deadline.js'

/** One operation on a store. */
export interface Operation<Answer> {
  readonly name: CacheFailureEvent['operation']
  readonly work: () => Promise<unknown>
  readonly check: (answer: unknown) => answer is Answer
}

/** What came of it. `refusal`: the store refuses for good, and trying again is of no use. */
export type Attempt<Answer> =
  | { answer: Answer }
  | { reason: CacheFailureEvent['reason']; refusal?: CacheUnavailableError | undefined }

/** Runs an operation, within `ms` milliseconds where they are given. Never rejects. */
export async function attempt<Answer>(
  { work, check }: Operation<Answer>,
  ms: number | undefined,
): Promise<Attempt<Answer>> {
  let late = false
  const onTimeout = (): Error => {
    late = true
    return new Error('late')
  }
  try {
    const answer = await (ms === undefined ? work() : withDeadline(work, { ms, onTimeout }))
    return check(answer) ? { answer } : { reason: 'unreadable' }
  } catch (error) {
    if (late) return { reason: 'timeout' }
    // What a foreign error says may be secret; one of ours says why a store refuses for good.
    const isFinal = isTesouroTokensError(error, 'cache_unavailable') && !error.retryable
    return { reason: 'rejected', refusal: isFinal ? error : undefined }
  }
}
