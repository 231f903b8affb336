import type { ExecutionContext, PipeTransform } from '@nestjs/common'
import { createParamDecorator, Inject, Injectable, UnauthorizedException } from '@nestjs/common'
import type { UserAccessToken } from '@tesouro-tokens/core'
import { getRegistrationToken } from './injection.js'
import type { Registration } from './registration.js'
import { requestOf } from './request-of.js'

// A function, so that a global pipe that walks through what it is given does not walk through the request.
const currentContext = createParamDecorator((_data: unknown, context: ExecutionContext) => () => context)

/**
 * Hands a handler the access token of the signed-in user, as `getUser` of that registration says: a
 * `UserAccessToken`. It works in controllers, GraphQL resolvers and WebSocket gateways. The GraphQL context must
 * hold the request as `req`, as Apollo's does by default; `getUser` of a gateway gets the request that opened the
 * socket, which Socket.IO keeps. With nobody signed in the answer is 401 and the method is not called; what
 * `getUserAccessToken` throws goes to the application's exception filters.
 *
 * @throws ConfigurationError where the handler has no HTTP request, as in microservices
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

    async transform(contextOf: () => ExecutionContext): Promise<UserAccessToken> {
      const { getUser, tokens, unknownUser } = this.registration
      const context = contextOf()
      const request = requestOf(context)
      const user = await getUser(request as never)
      if (user === null || user === undefined) {
        unknownUser.unknown(context, request)
        throw new UnauthorizedException()
      }
      unknownUser.known(context)
      const chosen = typeof tokens === 'function' ? await tokens(user, request as never) : tokens
      return chosen.getUserAccessToken(user)
    }
  }
  return currentContext(CurrentUserAccessTokenPipe)
}
