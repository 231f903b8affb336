import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { TesouroUser } from '@tesouro-tokens/nestjs'
import type { Request } from 'express'
import { Problem } from '../problem.js'

/** Hands a controller's method the customer whose session it is. With nobody signed in the answer is 401. */
export const SignedInUser = createParamDecorator((_data: unknown, context: ExecutionContext): TesouroUser => {
  const { user } = context.switchToHttp().getRequest<Request>().session
  if (!user) throw new Problem(401, 'not_signed_in', 'Nobody is signed in.')
  return user
})
