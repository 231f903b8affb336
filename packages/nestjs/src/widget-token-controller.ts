import type { IncomingMessage } from 'node:http'
import type { Type } from '@nestjs/common'
import {
  Controller,
  Delete,
  Get,
  HttpException,
  Inject,
  Options,
  Patch,
  Post,
  Put,
  Req,
  Res,
  SetMetadata,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { nodeRequestBody, type WidgetTokenAnswer } from '@tesouro-tokens/core'
import { getRegistrationToken } from './injection.js'
import type { TesouroTokensModuleExtras } from './options.js'
import type { Registration } from './registration.js'

/** Metadata key of the widget token route's handlers, by which an interceptor that wraps answers can leave this one alone. */
export const WIDGET_TOKEN_ROUTE = 'tesouro-tokens:widget-token-route'

/** What Express's request and Fastify's have in common; the latter has Node's own in `raw`. */
type PlatformRequest = IncomingMessage & {
  method: string
  host: string
  body?: unknown
  raw?: IncomingMessage
}

/** `GET` answers `HEAD` as well. Not `All`: what names a route together with its method (`RouteInfo`) looks for `POST`. */
const methods = { post: Post, options: Options, get: Get, put: Put, patch: Patch, delete: Delete }

/** A class of its own for each registration: Nest keeps the path and the guards on the class. */
export function createWidgetTokenController(
  path: string,
  { name, guards = [], version = VERSION_NEUTRAL }: TesouroTokensModuleExtras,
): Type<unknown> {
  @Controller({ path, version })
  @UseGuards(...guards)
  class WidgetTokenController {
    @Inject(getRegistrationToken(name)) readonly registration!: Registration
    @Inject(HttpAdapterHost) readonly host!: HttpAdapterHost
  }

  for (const [method, route] of Object.entries(methods)) {
    // Nest keeps a route on its function, so that each needs one of its own.
    const value = function (this: WidgetTokenController, request: PlatformRequest, response: unknown) {
      return answer(this.registration, this.host, request, response)
    }
    const { prototype } = WidgetTokenController
    Object.defineProperty(prototype, method, { value })
    Req()(prototype, method, 0)
    Res({ passthrough: true })(prototype, method, 1)
    for (const decorate of [route(), SetMetadata(WIDGET_TOKEN_ROUTE, true)])
      decorate(prototype, method, { value })
  }
  return WidgetTokenController
}

async function answer(
  { handle }: Registration,
  { httpAdapter }: HttpAdapterHost,
  request: PlatformRequest,
  response: unknown,
): Promise<WidgetTokenAnswer | undefined> {
  const { method, host, headers, raw = request } = request
  const body = nodeRequestBody(raw, request.body)
  const output = await handle({ method, host, headers, body, request: request as never })
  // The rest of a body that was too large is let go, so that the answer arrives and the connection is free.
  raw.resume()

  const vary = [httpAdapter.getHeader(response, 'vary') ?? [], output.headers.vary].flat().join(', ')
  for (const header of Object.entries({ ...output.headers, vary })) httpAdapter.setHeader(response, ...header)
  if (output.body && 'code' in output.body) throw new HttpException(output.body, output.status)
  httpAdapter.status(response, output.status)
  return output.body
}
