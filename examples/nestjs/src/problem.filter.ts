import { type ArgumentsHost, Catch, Logger } from '@nestjs/common'
import { BaseExceptionFilter } from '@nestjs/core'
import { isTesouroTokensError, type TesouroTokensError } from '@tesouro-tokens/nestjs'
import type { Response } from 'express'
import { Problem } from './problem.js'

/** Whatever is thrown becomes a problem document that tells nothing about the inside. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  readonly #logger = new Logger('ProblemFilter')

  override catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>()
    const answer = this.#answerTo(thrown)
    if (!response.headersSent) {
      response.set('cache-control', 'no-store')
      if (answer instanceof Problem) response.type('application/problem+json').set(answer.headers)
    }
    super.catch(answer, host)
  }

  #answerTo(thrown: unknown): unknown {
    if (isTesouroTokensError(thrown)) {
      // Its message may be logged: no error of this library holds a secret.
      this.#logger.error(`${thrown.name}: ${thrown.message}`)
      return problemOf(thrown)
    }
    if (thrown instanceof Error && thrown.name === 'TimeoutError')
      return new Problem(504, 'platform_slow', 'The platform did not answer.')
    return thrown
  }
}

function problemOf(error: TesouroTokensError): Problem {
  switch (error.code) {
    case 'user_forgotten':
      return new Problem(401, 'not_signed_in', 'You were signed out meanwhile.')
    case 'token_endpoint':
      if (error.error === 'invalid_grant' || error.error === 'access_denied')
        return new Problem(403, 'not_permitted', 'The platform does not let this customer in.')
      break
    case 'upstream_response':
      return new Problem(502, 'platform_answer', 'The platform gave no usable answer.')
  }
  if (!error.retryable && error.code !== 'closed')
    return new Problem(500, 'misconfigured', 'The server is not set up correctly; its log says more.')
  const later = 'The platform cannot be reached now. Try again soon.'
  return new Problem(503, 'platform_unavailable', later, error.retryAfterSeconds)
}
