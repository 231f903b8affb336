import { type ExecutionContext, Logger } from '@nestjs/common'
import type { WidgetTokenOptions } from '@tesouro-tokens/core'

const logger = new Logger('TesouroTokensModule')

/**
 * Reports once for each handler that `getUser` returned nobody for a request with a session's cookie or an
 * `Authorization` header, and never a user before. Usually the guard that puts the user on the request is not
 * named. A handler that has known a user reports nothing: its 401 is what it seems to be.
 */
export class UnknownUser {
  readonly #onRefusal: WidgetTokenOptions<never>['onRefusal']
  readonly #settled = new WeakSet<object>()

  constructor(onRefusal: WidgetTokenOptions<never>['onRefusal']) {
    this.#onRefusal = onRefusal
  }

  known(context: ExecutionContext): void {
    this.#settled.add(context.getHandler())
  }

  unknown(context: ExecutionContext, request: object): void {
    const handler = context.getHandler()
    const { headers = {} } = request as { headers?: { cookie?: unknown; authorization?: unknown } }
    if (this.#settled.has(handler) || (headers.cookie ?? headers.authorization) === undefined) return
    this.#settled.add(handler)
    const hint =
      `@CurrentUserAccessToken at ${context.getClass().name}.${handler.name}: getUser returned nobody for a request that ` +
      'carries a cookie or an authorization header. If a guard puts the user on the request, this handler needs it: ' +
      '@UseGuards(YourGuard)'
    try {
      if (this.#onRefusal === undefined) logger.warn(hint)
      else this.#onRefusal({ code: 'not_signed_in', hint }, request as never)
    } catch {
      // A listener that throws changes no answer.
    }
  }
}
