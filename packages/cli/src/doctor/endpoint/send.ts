import { type OutgoingHttpHeaders, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { codeOf } from '../../code-of.js'
import { isLoopback } from '../../tokens/loopback.js'

const answerMs = 5_000
const largestAnswer = 64 * 1_024

/** One request as an attacker, or a page, would send it. */
export interface EndpointRequest {
  /** Default `POST`. */
  method?: string
  /** Parameters in addition to those of the address. */
  query?: { readonly [name: string]: string }
  /** The path, where it is another than that of the address. */
  path?: string
  headers?: OutgoingHttpHeaders
  body?: string
}

/** What came back. */
export interface EndpointAnswer {
  status: number
  /** The first value of a header; names in lower case. */
  header(name: string): string | undefined
  /** All headers, to be searched. */
  head: string
  /** At most 64 KiB. */
  text: string
  /** The body as a JSON object; `undefined` for anything else. */
  json: { readonly [name: string]: unknown } | undefined
}

/** `failed`: the code of a network error, or `timeout`. */
export type Sent = EndpointAnswer | { failed: string }

/** Sends one request on a connection of its own. Redirects are not followed. */
export function send(
  url: URL,
  { method = 'POST', query = {}, path, headers = {}, body }: EndpointRequest,
): Promise<Sent> {
  const target = new URL(url)
  if (path !== undefined) target.pathname = path
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
  // A server on this machine may have made its certificate itself.
  const rejectUnauthorized = !isLoopback(target)
  const open = target.protocol === 'https:' ? requestTls : requestPlain
  return new Promise((resolve) => {
    const length =
      body === undefined ? { 'content-length': 0 } : { 'content-length': Buffer.byteLength(body) }
    const request = open(target, {
      method,
      agent: false,
      rejectUnauthorized,
      headers: { accept: 'application/json', ...length, ...headers },
    })
    const timer = setTimeout(() => {
      resolve({ failed: 'timeout' })
      request.destroy()
    }, answerMs)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      resolve({ failed: codeOf(error) })
    }
    request.on('error', fail)
    request.on('response', (response) => {
      const parts: Buffer[] = []
      let length = 0
      const end = (): void => {
        clearTimeout(timer)
        resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(parts).toString('utf8')))
        request.destroy()
      }
      response.on('data', (part: Buffer) => {
        parts.push(part)
        length += part.length
        if (length > largestAnswer) end()
      })
      response.on('end', end)
      // A cut answer is judged by its head.
      response.on('error', end)
    })
    request.end(body)
  })
}

function answerOf(status: number, headers: NodeJS.Dict<string | string[]>, text: string): EndpointAnswer {
  return {
    status,
    text,
    head: Object.values(headers).flat().join('\n'),
    json: jsonOf(text),
    header: (name) => [headers[name]].flat()[0],
  }
}

function jsonOf(text: string): EndpointAnswer['json'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}
