import type { WidgetTokenOutput } from './options.js'

/** The members of a Node response that send an answer. Any `http.ServerResponse` and `http2.Http2ServerResponse` fits. */
export interface NodeResponse {
  /** The HTTP status. */
  statusCode: number
  /** Sets a header. */
  setHeader(name: string, value: string): unknown
  /** Adds a value to a header. */
  appendHeader(name: string, value: string): unknown
  /** Sends everything, with the length of the body. */
  end(body: string): unknown
  /** Sends everything, where there is no body. */
  end(): unknown
}

/**
 * Sends an answer of {@link createWidgetTokenHandler} as a Node response, for authors of adapters: by Node's own methods
 * and in one piece. A framework's own methods may add an ETag, answer conditional requests, or obey settings that are meant
 * for the application's own answers. Earlier values of `Vary` stay.
 *
 * @param answer the handler's result
 * @param request the request, whose body may not have been read to its end
 * @param response the response, of which nothing was sent yet
 *
 * @example
 * ```ts
 * import { sendNodeAnswer, type WidgetTokenOutput } from '@tesouro-tokens/core'
 * import type { IncomingMessage, ServerResponse } from 'node:http'
 *
 * export function send(answer: WidgetTokenOutput, request: IncomingMessage, response: ServerResponse): void {
 *   sendNodeAnswer(answer, request, response)
 * }
 * ```
 */
export function sendNodeAnswer(
  { status, headers, body }: WidgetTokenOutput,
  request: { readonly readable?: boolean | undefined; resume?(): unknown },
  response: NodeResponse,
): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') response.appendHeader(name, value)
    else response.setHeader(name, value)
  }
  if (body === undefined) response.end()
  else response.end(JSON.stringify(body))
  // What is left of a body that was too large is let go, so that the answer arrives and the connection is free.
  if (request.readable !== false) request.resume?.()
}
