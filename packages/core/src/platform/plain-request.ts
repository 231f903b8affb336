import { InvalidRequestError, isTesouroTokensError } from '../errors.js'
import { ownMembers } from '../lib/given.js'
import { isKind } from '../lib/is-kind.js'
import { resolveTarget } from './target.js'

/**
 * What a caller's `input` and `init` come to: every member was read once, the address was checked afterwards, and
 * nothing but this is sent.
 */
export interface PlainRequest {
  /** Aborted when the call ends or its caller gives up. */
  readonly signal: AbortSignal
  /** Whether the body can be sent a second time. */
  readonly repeatable: boolean
  /** What `fetch` is called with. `last`: the request is not sent again. */
  withToken(token: string, last: boolean): [input: string | Request, init?: RequestInit]
}

/**
 * A `Request` of this realm is copied by `fetch`'s own constructor, which reads none of the members that a subclass may
 * have overridden, and keeps the length of a body. Everything else becomes text and an `init`, which every `fetch` takes.
 *
 * @throws InvalidRequestError
 */
export function readPlainRequest(
  input: string | URL | Request,
  given: RequestInit | undefined,
  options: { baseUrl: URL; callSignal: AbortSignal },
): PlainRequest {
  const init = read(() => ownMembers(given))
  const source = read(() => ownMembers(sourceOf(input)))
  if (init.redirect !== undefined && init.redirect !== 'manual') {
    throw refused('init.redirect can only be "manual": a redirect would take the token elsewhere')
  }
  if (source.bodyUsed && !init.body) throw refused('input is a Request whose body was already used')
  const headers = readHeaders(init.headers ?? source.headers)
  const callerSignal = (init.signal === undefined ? source.signal : init.signal) ?? undefined
  const checked = ownMembers({
    ...init,
    headers,
    redirect: 'manual' as const,
    signal: anySignal(options.callSignal, callerSignal),
  })
  const parts = { source, init: checked, baseUrl: options.baseUrl }
  const request = asRequest(parts) ?? asText(parts)
  return { ...request, signal: checked.signal }
}

/** What is sent of a `Request`; of a string or `URL`, the address alone. */
interface Source {
  address: string | URL
  /** A `Request` of this realm. */
  request?: Request
  method?: string
  headers?: Headers
  body?: ReadableStream | null
  bodyUsed?: boolean
  signal?: AbortSignal
}

interface Parts {
  source: Source
  init: RequestInit & { headers: Headers; signal: AbortSignal; duplex?: 'half' }
  baseUrl: URL
}

function sourceOf(input: string | URL | Request): Source {
  if (typeof input === 'string') return { address: input }
  if (isKind(input, 'URL')) return { address: new URL(input.href) }
  if (!isKind(input, 'Request')) throw refused('input must be a path, a URL or a Request')
  const { url, method, headers, body, bodyUsed, signal } = input
  const own = input instanceof Request && { request: input }
  return { address: new URL(url), ...own, method, headers, body, bodyUsed, signal }
}

/** `undefined` for what is no `Request`, and where the runtime's constructor does not take it for one. */
function asRequest({
  source,
  init,
  baseUrl,
}: Parts): Pick<PlainRequest, 'repeatable' | 'withToken'> | undefined {
  if (source.request === undefined) return undefined
  let request: Request
  try {
    request = new Request(source.request, ownMembers({ ...init, ...(init.body && streamingOf(init.body)) }))
  } catch {
    return undefined
  }
  resolveTarget(new URL(request.url), baseUrl)
  const repeatable = init.body ? isRepeatable(init.body) : request.body === null
  return {
    repeatable,
    withToken(token, last) {
      const sent = last || !repeatable ? request : request.clone()
      sent.headers.set('authorization', `Bearer ${token}`)
      return [sent]
    },
  }
}

function asText({ source, init, baseUrl }: Parts): Pick<PlainRequest, 'repeatable' | 'withToken'> {
  const { href } = resolveTarget(source.address, baseUrl)
  const body = init.body ?? source.body ?? undefined
  // Runtimes look for a method that is not given on every object's prototype.
  const method = init.method ?? source.method ?? 'GET'
  const plain: RequestInit = { ...init, method, ...(body !== undefined && { body, ...streamingOf(body) }) }
  // What else is wrong is reported before a token is spent on it. The stand-in is enough to see that a GET has no body.
  read(() => new Request(href, ownMembers({ ...plain, signal: null, body: body && '' })))
  return {
    repeatable: body === undefined || isRepeatable(body),
    withToken(token) {
      // A record, because another library's `fetch` may not know this runtime's `Headers`.
      const headers = { ...Object.fromEntries(init.headers), authorization: `Bearer ${token}` }
      return [href, { ...plain, headers }]
    },
  }
}

const refused = (problem: string): InvalidRequestError => new InvalidRequestError(problem)

/** Reads what a caller gave. The runtime's own error may repeat a value. */
function read<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (isTesouroTokensError(error, 'invalid_request')) throw error
    throw refused(
      'input or init holds something that fetch does not take: a method, a body of GET or HEAD, an address',
    )
  }
}

function readHeaders(given: RequestInit['headers']): Headers {
  let headers: Headers
  try {
    headers = new Headers(given)
  } catch {
    throw refused('init.headers cannot be read as HTTP headers')
  }
  if (headers.has('authorization')) {
    throw refused('the authorization header is set by this method: leave it out')
  }
  // `fetch` in a browser sends none of the caller's either: behind a shared address, it chooses the server.
  headers.delete('host')
  return headers
}

function anySignal(callSignal: AbortSignal, callerSignal: AbortSignal | undefined): AbortSignal {
  if (callerSignal === undefined) return callSignal
  // Another library's signal would be accepted here, and never be heard.
  if (!(callerSignal instanceof AbortSignal)) throw refused('init.signal must be an AbortSignal')
  return AbortSignal.any([callSignal, callerSignal])
}

/** Streams and iterables are gone once they were sent. */
const isRepeatable = (body: unknown): boolean =>
  typeof body === 'string' ||
  body instanceof URLSearchParams ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body) ||
  body instanceof Blob ||
  body instanceof FormData

/**
 * A stream is sent while the answer may already come. A `fetch` that knows no web streams would send `[object
 * ReadableStream]` in place of the body: turning one into text fails instead.
 */
function streamingOf(body: unknown): { duplex?: 'half' } {
  if (isRepeatable(body)) return {}
  if (body instanceof ReadableStream) {
    const refuse = (): never => {
      throw new TypeError('a stream is no text')
    }
    Object.defineProperty(body, 'toString', { value: refuse, configurable: true })
  }
  return { duplex: 'half' }
}
