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
import { nodeRequestBody, type WidgetTokenAnswer, type WidgetTokenOutput } from '@tesouro-tokens/core'
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
  class WidgetTokenController {
    @Inject(getRegistrationToken(name)) readonly registration!: Registration
    @Inject(HttpAdapterHost) readonly host!: HttpAdapterHost
  }

  for (const [method, route] of Object.entries(methods)) {
    // Nest keeps a route on its function, so that each needs one of its own.
    const value = function (this: WidgetTokenController, request: PlatformRequest, response: object) {
      return answer(this.registration, this.host, request, response)
    }
    const { prototype } = WidgetTokenController
    Object.defineProperty(prototype, method, { value })
    Req()(prototype, method, 0)
    Res({ passthrough: true })(prototype, method, 1)
    // A preflight carries no cookie and no token: a guard would refuse every page of another origin.
    const guarded = method === 'options' ? [] : [UseGuards(...guards)]
    for (const decorate of [route(), SetMetadata(WIDGET_TOKEN_ROUTE, true), ...guarded])
      decorate(prototype, method, { value })
  }
  return WidgetTokenController
}

async function answer(
  { handle }: Registration,
  { httpAdapter }: HttpAdapterHost,
  request: PlatformRequest,
  response: object,
): Promise<WidgetTokenAnswer | undefined> {
  const { method, host, headers, raw = request } = request
  const body = nodeRequestBody(raw, request.body)
  const output = await handle({ method, host, headers, body, request: request as never })
  // The rest of a body that was too large is let go, so that the answer arrives and the connection is free.
  raw.resume()

  write(httpAdapter, response, output)
  if (output.body && 'code' in output.body) throw new HttpException(output.body, output.status)
  return output.body
}

/** Everything but the body, which Nest writes. */
function write(
  httpAdapter: HttpAdapterHost['httpAdapter'],
  response: object,
  { body, headers, status }: WidgetTokenOutput,
): void {
  const vary = [httpAdapter.getHeader(response, 'vary') ?? [], headers.vary].flat().join(', ')
  const { 'content-type': type, ...others } = headers
  for (const header of Object.entries({ ...others, vary })) httpAdapter.setHeader(response, ...header)
  httpAdapter.status(response, status)
  if (type === undefined) return
  if (body && 'code' in body && isOfExpress(response)) setTypeWhenWritten(response, type)
  else httpAdapter.setHeader(response, 'content-type', type)
}

interface ExpressResponse {
  json(body: unknown): unknown
  setHeader(name: string, value: string): unknown
}

const isOfExpress = (response: object): response is ExpressResponse => 'json' in response

/** Nest 11.2 on Express warns of an error's type that does not begin with application/json, and replaces it, if it is set before. */
function setTypeWhenWritten(response: ExpressResponse, type: string): void {
  const json = response.json.bind(response)
  response.json = (body) => {
    response.setHeader('content-type', type)
    return json(body)
  }
}
