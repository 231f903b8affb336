import type { ExecutionContext, PipeTransform } from '@nestjs/common'
import { createParamDecorator, Inject, Injectable, UnauthorizedException } from '@nestjs/common'
import type { UserAccessToken } from '@tesouro-tokens/core'
import { getRegistrationToken } from './injection.js'
import type { Registration } from './registration.js'

// A function, so that a global pipe that walks through what it is given does not walk through the request.
const currentRequest = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  return () => context.switchToHttp().getRequest<never>()
})

/**
 * Hands a controller's method the access token of whoever is signed in, as `getUser` of that registration says:
 * a `UserAccessToken`. With nobody signed in the answer is 401 and the method is not called; what
 * `getUserAccessToken` throws goes to the application's exception filters.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import { CurrentUserAccessToken, type UserAccessToken } from '@tesouro-tokens/nestjs'
 *
 * @Controller('accounts')
 * export class AccountsController {
 *   @Get('expiry')
 *   expiry(@CurrentUserAccessToken() token: UserAccessToken): { expiresAt: number | undefined } {
 *     return { expiresAt: token.expiresAt }
 *   }
 * }
 * ```
 */
export function CurrentUserAccessToken(name?: string): ParameterDecorator {
  @Injectable()
  class CurrentUserAccessTokenPipe implements PipeTransform {
    @Inject(getRegistrationToken(name)) private readonly registration!: Registration

    async transform(requestOf: () => never): Promise<UserAccessToken> {
      const { getUser, tokens } = this.registration
      const request = requestOf()
      const user = await getUser(request)
      if (user === null || user === undefined) throw new UnauthorizedException()
      const chosen = typeof tokens === 'function' ? await tokens(user, request) : tokens
      return chosen.getUserAccessToken(user)
    }
  }
  return currentRequest(CurrentUserAccessTokenPipe)
}
