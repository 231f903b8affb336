import { isTesouroTokensError, type TesouroTokensError } from '@tesouro-tokens/express'
import type { ErrorRequestHandler } from 'express'
import { problem } from './problem.js'

type Answer = readonly [status: number, code: string, detail: string]

/** The last handler: whatever was thrown becomes a problem document that tells nothing about the inside. */
export const answerError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error)
  if (isTesouroTokensError(error)) {
    // Its message may be logged: no error of this library holds a secret.
    console.error(`${error.name}: ${error.message}`)
    if (error.retryAfterSeconds !== undefined) res.set('retry-after', String(error.retryAfterSeconds))
    return problem(res, ...answerTo(error))
  }
  if (error?.name === 'TimeoutError')
    return problem(res, 504, 'platform_slow', 'The platform did not answer.')
  if (error?.status >= 400 && error?.status < 500)
    return problem(res, error.status, 'bad_request', 'The request cannot be read.')
  console.error(error)
  problem(res, 500, 'internal', 'Something went wrong here.')
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
