import type { CredentialsHolder, Settings } from '../configuration/settings.js'
import { UpstreamResponseError, UpstreamUnavailableError } from '../errors.js'
import { networkCode } from '../lib/network-code.js'
import type { UpstreamBudget } from '../limits/upstream-budget.js'
import { safeErrorCode } from '../token-endpoint/safe-text.js'
import { saysTokenExpired } from './expired-token.js'
import { type RequestParts, readRequestParts } from './request-parts.js'
import { resolveTarget } from './target.js'

/** Longest wait for the body of a 400 that may say that the token has expired. */
const lookMs = 1_000

/** Gives the token to call with; `rejectedToken` asks for another than the one that the platform has just refused. */
export type TokenGetter = (options: {
  rejectedToken?: string | undefined
  signal?: AbortSignal | undefined
}) => Promise<string>

/**
 * `fetch` towards the platform, with a token and nothing more: one attempt, no limit but the caller's signal, the
 * answer as it came. Only where the platform says that the token has expired, and the body can be sent again, there
 * is one second request with a new token. Where no other token can be had, the platform's first answer is returned:
 * it is what the caller's request came to.
 *
 * @throws ConfigurationError for a target outside the base URL, an `authorization` header or a `redirect` in `init`,
 *   before a token is asked for
 * @throws UpstreamUnavailableError when no answer came. The request may have been carried out all the same
 */
export type PlatformFetch = (
  input: string | URL | Request,
  init: RequestInit | undefined,
  getToken: TokenGetter,
  call: { readonly signal: AbortSignal; throwIfEnded(): void },
) => Promise<Response>

export function createPlatformFetch(parts: {
  settings: Pick<Settings, 'baseUrl' | 'fetch' | 'timeouts'>
  credentials: Pick<CredentialsHolder, 'current'>
  budget: Pick<UpstreamBudget, 'count' | 'heed'>
}): PlatformFetch {
  const { baseUrl, timeouts } = parts.settings
  const fetch = counted(parts)

  return async (input, init, getToken, call) => {
    const target = resolveTarget(input, baseUrl)
    const request = readRequestParts(input, target, init)
    const { signal, repeatable } = request
    signal?.throwIfAborted()
    const token = await getToken({ signal })
    call.throwIfEnded()
    const response = await send(fetch, input, target, request, token)
    if (!repeatable || !(await saysTokenExpired(response, Math.min(timeouts.attemptMs, lookMs))))
      return response
    call.throwIfEnded()
    const other = await anotherToken(getToken, token, signal, response)
    if (other === undefined) return response
    call.throwIfEnded()
    response.body?.cancel().catch(() => {})
    return send(fetch, input, target, request, other)
  }
}

/** `fetch` that is counted for the client id and whose answers are heeded. Nothing is waited for and nothing refused. */
function counted({
  settings,
  credentials,
  budget,
}: Parameters<typeof createPlatformFetch>[0]): Settings['fetch'] {
  const tell = (told: (clientId: string) => void): void =>
    void Promise.resolve(credentials.current())
      .then(({ clientId }) => told(clientId))
      .catch(() => {})
  return async (input, init) => {
    tell((clientId) => budget.count(clientId))
    const response = await settings.fetch(input, init)
    tell((clientId) => budget.heed(clientId, response))
    return response
  }
}

/** A token in place of the rejected one; `undefined` when there is none, for whatever reason. */
async function anotherToken(
  getToken: TokenGetter,
  rejectedToken: string,
  signal: AbortSignal | undefined,
  response: Response,
): Promise<string | undefined> {
  try {
    const token = await getToken({ rejectedToken, signal })
    signal?.throwIfAborted()
    return token === rejectedToken ? undefined : token
  } catch {
    if (!signal?.aborted) return undefined
    response.body?.cancel().catch(() => {})
    throw signal.reason
  }
}

async function send(
  fetch: Settings['fetch'],
  input: string | URL | Request,
  target: URL,
  { headers: given, init, signal }: RequestParts,
  token: string,
): Promise<Response> {
  // An ill-formed value would make `Headers` throw an error with the token in it.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UpstreamResponseError('the access token cannot be sent in a header')
  const headers = new Headers(given)
  headers.set('authorization', `Bearer ${token}`)
  const full: RequestInit = { ...init, headers, redirect: 'manual' }
  try {
    return await (input instanceof Request ? fetch(new Request(input, full)) : fetch(target.href, full))
  } catch (error) {
    // What `fetch` throws may hold the request, and so the token.
    signal?.throwIfAborted()
    const code = safeErrorCode(networkCode(error), [token])
    throw new UpstreamUnavailableError(`the platform gave no answer${code ? ` (${code})` : ''}`)
  }
}
