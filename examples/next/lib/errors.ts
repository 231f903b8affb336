import { isTesouroTokensError, type TesouroTokensError } from '@tesouro-tokens/next'
import { problem } from './problem'

type Answer = readonly [status: number, code: string, detail: string]

/** Whatever was thrown, as a problem document that tells nothing about the inside. */
export function answerError(error: unknown): Response {
  if (isTesouroTokensError(error)) {
    // Its message may be logged: no error of this library holds a secret.
    console.error(`${error.name}: ${error.message}`)
    const { retryAfterSeconds: seconds } = error
    return problem(...answerTo(error), seconds === undefined ? {} : { 'retry-after': String(seconds) })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return problem(504, 'platform_slow', 'The platform did not answer.')
  console.error(error)
  return problem(500, 'internal', 'Something went wrong here.')
}

function answerTo(error: TesouroTokensError): Answer {
  switch (error.code) {
    case 'user_forgotten':
      return [401, 'not_signed_in', 'You were signed out meanwhile.']
    case 'token_endpoint':
      if (error.error === 'invalid_grant' || error.error === 'access_denied')
        return [403, 'not_permitted', 'The platform does not let this customer in.']
      break
    case 'upstream_response':
      return [502, 'platform_answer', 'The platform gave no usable answer.']
  }
  return error.retryable || error.code === 'closed'
    ? [503, 'platform_unavailable', 'The platform cannot be reached now. Try again soon.']
    : [500, 'misconfigured', 'The server is not set up correctly; its log says more.']
}
