import { type Answer, problem } from '../http/answer.js'
import type { Incoming } from '../http/incoming.js'

/** The refusal of a query, in the platform's form. */
export function invalidQuery({ path }: Incoming, detail: string): Answer {
  return problem(
    { status: 400, title: 'Bad Request', errorCode: 'invalid_query', detail: `${detail}.` },
    path,
  )
}

/** The refusal of a body, in the platform's form. */
export function invalidBody({ path }: Incoming, detail: string): Answer {
  return problem({ status: 400, title: 'Bad Request', errorCode: 'invalid_body', detail: `${detail}.` }, path)
}
