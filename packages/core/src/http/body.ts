import { ConfigurationError } from '../errors.js'
import { withDeadline } from '../lib/deadline.js'
import { isInstance } from '../lib/is-kind.js'
import { headerValues, type WidgetTokenRequestHeaders } from './headers.js'
import { Refusal } from './refusal.js'

const maxBytes = 8 * 1024

interface BodyInput {
  headers: WidgetTokenRequestHeaders
  body?: unknown
}

/** How long a body may take to arrive. */
const bodyMs = 10_000

/** Refuses a body by the length that was declared for it, before anything is asked about the person. */
export function checkDeclaredLength(headers: WidgetTokenRequestHeaders): void {
  const [value = '', ...more] = headerValues(headers, 'content-length')
  if (more.length === 0 && /^\d+$/.test(value) && Number(value) > maxBytes)
    throw new Refusal('body_too_large')
}

/**
 * Gives the posted value, or `undefined` where there is no body. A framework's parser may have been there
 * first: text and bytes are parsed here, a stream is read here, anything else is taken as the parsed value.
 */
export async function readBody({ headers, body }: BodyInput): Promise<unknown> {
  const declared = declaredLength(headers)
  if (body === undefined || body === null) {
    if (!isAnnounced(headers, declared)) return undefined
    throw body === null ? new Refusal('invalid_body') : bodyWithheld()
  }
  const bytes = isAsyncIterable(body) ? await collect(body) : bytesOf(body)
  if (bytes !== undefined && bytes.byteLength > maxBytes) throw new Refusal('body_too_large')
  // A zero-length body has no type that could be wrong, whatever a parser made of it.
  if ((bytes === undefined ? declared : bytes.byteLength) === 0) return undefined
  if (bytes === undefined && isStandIn(body) && !isAnnounced(headers, declared) && !isTyped(headers))
    return undefined
  if (!isJson(headers)) throw new Refusal('unsupported_media_type')
  return bytes === undefined ? body : parse(bytes)
}

/** What some parsers and mock requests leave where there is no body. */
const isStandIn = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0

const isTyped = (headers: WidgetTokenRequestHeaders): boolean =>
  headerValues(headers, 'content-type').length > 0

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

/** Reads to the limit and no further, and no longer than a body may take. */
async function collect(body: AsyncIterable<unknown>): Promise<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  const reading = readAll(source)
  try {
    return await withDeadline(() => reading, { ms: bodyMs, onTimeout: () => new Refusal('invalid_body') })
  } catch (error) {
    // It tells the source that the rest is not needed. One that is being waited for answers whenever it likes, or throws.
    void (async () => source.return?.())().catch(() => {})
    // Anything but our own verdict: the client went away or the transfer was cut, and nobody has to repair a thing.
    throw isInstance(error, Refusal) ? error : new Refusal('invalid_body')
  }
}

async function readAll(source: AsyncIterator<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const part = bytesOf(next.value)
    if (part === undefined) throw new Refusal('invalid_body')
    if (length + part.byteLength > maxBytes) throw new Refusal('body_too_large')
    if (part.byteLength === 0) continue
    // a copy: a source may use its memory again
    parts.push(part.slice())
    length += part.byteLength
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
