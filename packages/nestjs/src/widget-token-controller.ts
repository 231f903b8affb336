import type { IncomingMessage } from 'node:http'
import type { OnModuleInit, Type } from '@nestjs/common'
import { All, Controller, HttpException, Inject, Req, Res, SetMetadata, UseGuards } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { ConfigurationError, nodeRequestBody, type WidgetTokenAnswer } from '@tesouro-tokens/core'
import { getRegistrationToken } from './injection.js'
import type { TesouroTokensModuleExtras } from './options.js'
import type { Registration } from './registration.js'

/** Metadata key of the widget token route's handler, by which an interceptor that wraps answers can leave this one alone. */
export const WIDGET_TOKEN_ROUTE = 'tesouro-tokens:widget-token-route'

/** What Express's request and Fastify's have in common; the latter has Node's own in `raw`. */
type PlatformRequest = IncomingMessage & {
  method: string
  host: string
  body?: unknown
  raw?: IncomingMessage
}

/** The routes of every application in this process. */
const routes = new WeakMap<HttpAdapterHost, Map<string, object>>()

/** A class of its own for each registration: Nest keeps the path and the guards on the class. */
export function createWidgetTokenController(
  path: string,
  { name, guards = [] }: TesouroTokensModuleExtras,
): Type<unknown> {
  @Controller(path)
  @UseGuards(...guards)
  class WidgetTokenController implements OnModuleInit {
    @Inject(getRegistrationToken(name)) private readonly registration!: Registration
    @Inject(HttpAdapterHost) private readonly host!: HttpAdapterHost

    /** Of two routes at one path the platform would let the first answer for both. */
    onModuleInit(): void {
      const key = path.toLowerCase().replace(/^\/+|\/+$/g, '')
      const taken = routes.get(this.host) ?? new Map()
      if (taken.has(key) && taken.get(key) !== this)
        throw new ConfigurationError([
          `path: two registrations have ${path}. Give each its own, or false for no route`,
        ])
      routes.set(this.host, taken.set(key, this))
    }

    @All()
    @SetMetadata(WIDGET_TOKEN_ROUTE, true)
    async answer(
      @Req() request: PlatformRequest,
      @Res({ passthrough: true }) response: unknown,
    ): Promise<WidgetTokenAnswer | undefined> {
      const { method, host, headers, raw = request } = request
      const body = nodeRequestBody(raw, request.body)
      const input = { method, host, headers, body, request: request as never }
      const answer = await this.registration.handle(input)
      // The rest of a body that was too large is let go, so that the answer arrives and the connection is free.
      raw.resume()

      const { httpAdapter } = this.host
      const vary = [httpAdapter.getHeader(response, 'vary') ?? [], answer.headers.vary].flat().join(', ')
      for (const header of Object.entries({ ...answer.headers, vary }))
        httpAdapter.setHeader(response, ...header)
      if (answer.body && 'code' in answer.body) throw new HttpException(answer.body, answer.status)
      httpAdapter.status(response, answer.status)
      return answer.body
    }
  }
  return WidgetTokenController
}
