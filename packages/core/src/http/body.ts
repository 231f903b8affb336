import { ConfigurationError } from '../errors.js'
import { headerValues, type WidgetTokenRequestHeaders } from './headers.js'
import { Refusal } from './refusal.js'

const maxBytes = 8 * 1024

interface BodyInput {
  headers: WidgetTokenRequestHeaders
  body?: unknown
}

/**
 * Gives the posted value, or `undefined` where there is no body. A framework's parser may have been there
 * first: text and bytes are parsed here, a stream is read here, anything else is taken as the parsed value.
 */
export async function readBody({ headers, body }: BodyInput): Promise<unknown> {
  const declared = declaredLength(headers)
  if (declared !== undefined && declared > maxBytes) throw new Refusal('body_too_large')
  if (body === undefined || body === null) {
    if (!isAnnounced(headers, declared)) return undefined
    throw body === null ? new Refusal('invalid_body') : bodyWithheld()
  }
  const bytes = isAsyncIterable(body) ? await collect(body) : bytesOf(body)
  if (bytes !== undefined && bytes.byteLength > maxBytes) throw new Refusal('body_too_large')
  // A zero-length body has no type that could be wrong, whatever a parser made of it.
  if ((bytes === undefined ? declared : bytes.byteLength) === 0) return undefined
  if (!isJson(headers)) throw new Refusal('unsupported_media_type')
  return bytes === undefined ? body : parse(bytes)
}

function declaredLength(headers: WidgetTokenRequestHeaders): number | undefined {
  const [value, ...more] = headerValues(headers, 'content-length')
  if (value === undefined) return undefined
  if (more.length > 0 || !/^\d+$/.test(value)) throw new Refusal('invalid_body')
  return Number(value)
}

function isAnnounced(headers: WidgetTokenRequestHeaders, declared: number | undefined): boolean {
  return (declared ?? 0) > 0 || headerValues(headers, 'transfer-encoding').length > 0
}

/** Without the body nobody can tell whom it names, and an unread body is a server's mistake, not the page's. */
export function bodyWithheld(): Refusal {
  const error = new ConfigurationError([
    'the request body was read before the widget token endpoint saw it: pass on what was read, or mount the endpoint first',
  ])
  return new Refusal('misconfigured', { report: { error } })
}

/** RFC 8259 §11: application/json, whatever its parameters. */
function isJson(headers: WidgetTokenRequestHeaders): boolean {
  const [value, ...more] = headerValues(headers, 'content-type')
  if (value === undefined || more.length > 0) return false
  return value.split(';', 1)[0]?.trim().toLowerCase() === 'application/json' && !value.includes(',')
}

/** The bytes of text or binary data; `undefined` for any other value. Not by `instanceof`: test runners have several realms. */
function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  if (isArrayBuffer(body)) return new Uint8Array(body)
  return undefined
}

function isArrayBuffer(body: unknown): body is ArrayBuffer {
  return Object.prototype.toString.call(body) === '[object ArrayBuffer]'
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Refusal('invalid_body')
  }
}

function isAsyncIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** Reads to the limit and no further. Leaving the loop tells the source that nobody wants the rest. */
async function collect(body: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      const part = bytesOf(chunk)
      if (part === undefined) throw new Refusal('invalid_body')
      if (length + part.byteLength > maxBytes) throw new Refusal('body_too_large')
      if (part.byteLength === 0) continue
      // a copy: a source may use its memory again
      parts.push(part.slice())
      length += part.byteLength
    }
  } catch (error) {
    // Anything but our own verdict: the client went away or the transfer was cut, and nobody has to repair a thing.
    throw error instanceof Refusal ? error : new Refusal('invalid_body')
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : joined(parts, length)
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
