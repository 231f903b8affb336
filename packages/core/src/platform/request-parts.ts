import { ConfigurationError } from '../errors.js'

/** What a caller's `init` and `Request` come to, checked before any token is asked for. */
export interface RequestParts {
  /** Without an authorization. */
  headers: Headers
  signal: AbortSignal | undefined
  /** Whether the body can be sent a second time. */
  repeatable: boolean
  init: RequestInit
}

export function readRequestParts(
  input: string | URL | Request,
  target: URL,
  given: RequestInit | undefined,
): RequestParts {
  const init: RequestInit & { duplex?: 'half' } = { ...given }
  const request = input instanceof Request ? input : undefined
  const problems: string[] = []
  if (init.redirect !== undefined && init.redirect !== 'manual') {
    problems.push('init.redirect can only be "manual": a redirect would take the token elsewhere')
  }
  const headers = headersOf(init.headers ?? request?.headers)
  if (headers === undefined) {
    problems.push('init.headers cannot be read as HTTP headers')
  } else if (headers.has('authorization')) {
    problems.push('the authorization header is set by this method: leave it out')
  }
  if (headers === undefined || problems.length > 0) throw new ConfigurationError(problems)
  const body = init.body ?? undefined
  if (body === undefined && request?.bodyUsed) {
    throw new ConfigurationError(['input is a Request whose body was already used'])
  }
  const repeatable = body === undefined ? !request?.body : isRepeatable(body)
  if (body !== undefined && !repeatable) init.duplex ??= 'half'
  // What else is wrong is the platform's `fetch` to say, and before a token was spent on it. The stand-in for the
  // body is enough to see that a GET has none.
  if (request === undefined)
    new Request(target, { ...init, signal: null, body: body && '', headers, redirect: 'manual' })
  return {
    headers,
    signal: (init.signal === undefined ? request?.signal : init.signal) ?? undefined,
    repeatable,
    init,
  }
}

/** A copy; `undefined` when the headers are ill-formed. The error of `Headers` itself would repeat the value. */
function headersOf(headers: RequestInit['headers']): Headers | undefined {
  try {
    return new Headers(headers)
  } catch {
    return undefined
  }
}

/** Streams and iterables are gone once they were sent. */
const isRepeatable = (body: unknown): boolean =>
  typeof body === 'string' ||
  body instanceof URLSearchParams ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body) ||
  body instanceof Blob ||
  body instanceof FormData
