import { UpstreamResponseError } from '../errors.js'
import type { Fetch } from '../lib/given-fetch.js'

/** An answer of the token endpoint is far below one; more is not read. */
const maxBytes = 64 * 1024

/**
 * Makes one request and reads its answer into memory, 64 KiB at most. Redirects are not followed: the body of the
 * request holds the client secret. The response that comes back is a new one with the body at hand and the
 * headers that matter; a body that decides nothing (408, 429, 5xx) is not read at all.
 *
 * Whatever goes wrong, or when `signal` is aborted, the answer's body is cancelled, so that no connection stays open.
 */
export async function boundedFetch(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Response> {
  const response = await fetch(url, { ...init, ...uncached(), redirect: 'manual', signal })
  try {
    signal.throwIfAborted()
    if (isRedirect(response))
      throw new UpstreamResponseError(
        'the platform answered with a redirect, which is never followed: the request holds the client secret. Set the base URL to the final address',
      )
    const { status } = response
    if (status < 200 || status > 599) {
      throw new UpstreamResponseError('the platform answered with a status that is none')
    }
    const headers = pick(response.headers, ['content-type', 'date', 'retry-after', 'ratelimit-reset'])
    if (isPassing(status)) return new Response(null, { status, headers })
    const body = await readAtMost(response, signal)
    // 204 and 205 cannot have a body, and the constructor would throw.
    return new Response(status === 204 || status === 205 ? null : body, { status, headers })
  } finally {
    // A no-op after a body that was read to its end; a locked one is cancelled by its reader.
    if (!response.bodyUsed) response.body?.cancel().catch(() => {})
  }
}

/** Statuses that say that the same request may succeed later. */
export const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** Some runtimes hide a redirect's status, and a `fetch` of the caller's may have followed one despite being told not to. */
const isRedirect = (response: Response): boolean =>
  response.type === 'opaqueredirect' ||
  response.redirected ||
  (response.status >= 300 && response.status < 400)

/** Frameworks that patch `fetch` may cache even a POST. Not every worker runtime knows the option, so ask first. */
function uncached(): { cache?: 'no-store' } {
  cacheOption ??= knowsCacheOption() ? { cache: 'no-store' } : {}
  return cacheOption
}
let cacheOption: { cache?: 'no-store' } | undefined

function knowsCacheOption(): boolean {
  try {
    const init: RequestInit & { cache: 'no-store' } = { cache: 'no-store' }
    return new Request('https://localhost', init) instanceof Request
  } catch {
    return false
  }
}

function pick(from: Headers, names: readonly string[]): Headers {
  const headers = new Headers()
  for (const name of names) {
    const value = from.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

async function readAtMost(response: Response, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): Error => new UpstreamResponseError('the platform answered with more than 64 KiB')
  if (Number(response.headers.get('content-length')) > maxBytes) throw tooLarge()
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  const read = new Uint8Array(maxBytes)
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return read.slice(0, length)
      if (!((value as unknown) instanceof Uint8Array))
        throw new UpstreamResponseError('the platform answered with no bytes')
      if (length + value.byteLength > maxBytes) throw tooLarge()
      read.set(value, length)
      length += value.byteLength
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
