import { headerValues, type WidgetTokenRequestHeader } from './headers.js'

/** The members of a Node request that decide where its body is. Any `http.IncomingMessage` fits. */
export interface NodeRequest {
  /** `false` once the stream has ended or was destroyed. */
  readonly readable: boolean
  /** Whether reading has begun. */
  readonly readableDidRead: boolean
  /** 1 where a request without a length and without chunks has no body (RFC 9112 §6.3); later versions have other ways. */
  readonly httpVersionMajor?: number | string | undefined
  /** Names in lower case. */
  readonly headers?: { readonly [name: string]: WidgetTokenRequestHeader } | undefined
  /** Whether the connection was lost or the stream given up. */
  readonly destroyed?: boolean | undefined
  /** Listens to the stream. */
  on(event: 'data' | 'end' | 'error' | 'close', listener: (chunk: unknown) => void): unknown
  /** Stops listening. */
  off(event: 'data' | 'end' | 'error' | 'close', listener: (chunk: unknown) => void): unknown
  /** Keeps unread bytes in the stream. */
  pause(): unknown
}

/**
 * The body of a Node request as {@link createWidgetTokenHandler} takes it, for authors of adapters: the result of a
 * body parser, else the stream. The stream is left open when the handler stops reading, so that a refusal can still
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
  // Serverless adapters give the whole body so, and no connection stands behind their stream.
  if (typeof parsed === 'string' || ArrayBuffer.isView(parsed)) return parsed
  // One that was cut off before anybody read it: what it said cannot be known, and no server has made a mistake.
  const isCutOff = request.destroyed === true && parsed === undefined
  // Asked in this order: requests that test libraries make have no stream, and then the second question throws.
  if ((!request.readable && !isCutOff) || request.readableDidRead) return parsed
  // Reading a stream takes its time even when nothing is in it.
  if (isWithoutBody(request)) return undefined
  return { [Symbol.asyncIterator]: () => chunksOf(request) }
}

/**
 * A stream's own iterator watches for every way in which a stream can end, which costs more than all else that is done
 * with a body of a hundred bytes. Leaving this one early leaves the stream, paused, as it is.
 */
async function* chunksOf(request: NodeRequest): AsyncGenerator<unknown> {
  const chunks: unknown[] = []
  const state = { ended: false, cut: !request.readable }
  let wake = (): void => {}
  const onData = (chunk: unknown): void => {
    chunks.push(chunk)
    wake()
  }
  const onEnd = (): void => {
    state.ended = true
    wake()
  }
  const onCut = (): void => {
    state.cut = true
    wake()
  }
  request.on('data', onData)
  request.on('end', onEnd)
  request.on('error', onCut)
  request.on('close', onCut)
  try {
    for (;;) {
      while (chunks.length > 0) yield chunks.shift()
      if (state.ended) return
      if (state.cut) throw new Error('the request was cut off')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    request.off('data', onData)
    request.off('end', onEnd)
    request.off('error', onCut)
    request.off('close', onCut)
    request.pause()
  }
}

function isWithoutBody({ httpVersionMajor, headers }: NodeRequest): boolean {
  // Serverless adapters give it as text, and a stream that fails when a request without a body is read.
  if (Number(httpVersionMajor) !== 1 || headers === undefined) return false
  return ['content-length', 'transfer-encoding'].every((name) => headerValues(headers, name).length === 0)
}
