/** What of a Node request decides where its body is. Any `http.IncomingMessage` fits. */
export interface NodeRequest {
  /** `false` once the stream has ended or was destroyed. */
  readonly readable: boolean
  /** Whether somebody has begun to read it. */
  readonly readableDidRead: boolean
  /** 1 where a request without a length and without chunks has no body (RFC 9112 §6.3); later versions have other ways. */
  readonly httpVersionMajor?: number | undefined
  /** Names in lower case. */
  readonly headers?: { readonly [name: string]: string | readonly string[] | undefined } | undefined
  /** The stream's chunks; leaving early keeps the connection open. */
  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<unknown>
}

/**
 * The body of a Node request as {@link createWidgetTokenHandler} takes it, for authors of adapters: what a parser made
 * of it if one has read it, else the stream, left open when the handler stops reading, so that a refusal can still
 * be sent.
 *
 * @param request Node's own request
 * @param parsed what the framework's body parser left, such as `request.body`
 *
 * @example
 * ```ts
 * import { nodeRequestBody } from '@tesouro-tokens/core'
 * import type { IncomingMessage } from 'node:http'
 *
 * export const bodyOf = (request: IncomingMessage & { body?: unknown }) => nodeRequestBody(request, request.body)
 * ```
 */
export function nodeRequestBody(request: NodeRequest, parsed: unknown): unknown {
  if (request.readableDidRead || !request.readable) return parsed
  // Reading a stream takes its time even when nothing is in it.
  if (isWithoutBody(request)) return undefined
  return request.iterator({ destroyOnReturn: false })
}

function isWithoutBody({ httpVersionMajor, headers }: NodeRequest): boolean {
  if (httpVersionMajor !== 1 || headers === undefined) return false
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}
