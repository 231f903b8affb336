import type { IncomingMessage } from 'node:http'
import type { CanActivate, OnModuleInit, Type } from '@nestjs/common'
import { All, Controller, HttpException, Inject, Req, Res, SetMetadata, UseGuards } from '@nestjs/common'
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { ConfigurationError, nodeRequestBody, type WidgetTokenAnswer } from '@tesouro-tokens/core'
import { getRegistrationToken, type Registration } from './registration.js'

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
const paths = new WeakMap<object, string>()

/** A class of its own for each registration: Nest keeps the path and the guards on the class. */
export function createWidgetTokenController(
  path: string,
  guards: readonly (CanActivate | Type<CanActivate>)[],
  name: string | undefined,
): Type<unknown> {
  const key = path.toLowerCase().replace(/^\/+|\/+$/g, '')

  @Controller(path)
  @UseGuards(...guards)
  class WidgetTokenController implements OnModuleInit {
    @Inject(getRegistrationToken(name)) private readonly registration!: Registration
    @Inject(HttpAdapterHost) private readonly host!: HttpAdapterHost
    @Inject(ModulesContainer) private readonly modules!: ModulesContainer

    /** Of two routes at one path the platform would let the first answer for both. */
    onModuleInit(): void {
      const controllers = [...this.modules.values()].flatMap((module) => [...module.controllers.values()])
      const same = controllers.filter(({ metatype }) => metatype && paths.get(metatype) === key)
      if (same.length === 1) return
      throw new ConfigurationError([
        `${same.length} registrations have the path ${path}: give each its own, or false`,
      ])
    }

    @All()
    @SetMetadata(WIDGET_TOKEN_ROUTE, true)
    async answer(
      @Req() request: PlatformRequest,
      @Res({ passthrough: true }) response: unknown,
    ): Promise<WidgetTokenAnswer | undefined> {
      const { method, host, headers, raw = request } = request
      const answer = await this.registration.handle({
        method,
        host,
        headers,
        body: nodeRequestBody(raw, request.body),
        request: request as never,
      })
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
  paths.set(WidgetTokenController, key)
  return WidgetTokenController
}
