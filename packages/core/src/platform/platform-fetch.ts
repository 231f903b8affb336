import type { CredentialsHolder, Settings } from '../configuration/settings.js'
import { isTesouroTokensError, UpstreamResponseError, UpstreamUnavailableError } from '../errors.js'
import { detachable } from '../lib/deadline.js'
import { callFetch, type Fetch } from '../lib/given-fetch.js'
import { networkCode } from '../lib/network-code.js'
import type { UpstreamBudget } from '../limits/upstream-budget.js'
import { safeErrorCode } from '../token-endpoint/safe-text.js'
import { lookForExpiredToken } from './expired-token.js'
import { type PlainRequest, readPlainRequest } from './plain-request.js'

/** Longest wait for the body of a 400 that may say that the token has expired. */
const lookMs = 1_000

/** Gives the token to call with; `rejectedToken` asks for another than the one that the platform has just refused. */
export type TokenGetter = (options: {
  rejectedToken?: string | undefined
  signal?: AbortSignal | undefined
}) => Promise<string>

/** The call that a request belongs to. */
export interface PlatformCall {
  /** Aborted at a logout and at `close()` while the call is under way, never later. */
  readonly signal: AbortSignal
  /** Tells the call that a token was given to it. */
  hasToken(): void
  /** Throws the reason once the call has ended. */
  throwIfEnded(): void
}

/**
 * `fetch` towards the platform, with a token and nothing more: one attempt, no limit but the caller's signal, the
 * answer as it came. Where the platform says that the token has expired, another one is obtained, and if the body can be
 * sent again there is one second request with it. Else, or where no other token can be had, the platform's first answer
 * is returned: it is what the caller's request came to.
 *
 * @throws InvalidRequestError for a target outside the base URL, an `authorization` header, a `redirect` in `init` or
 *   anything else that cannot be sent, before a token is asked for
 * @throws UpstreamUnavailableError when no answer came. The request may have been carried out all the same
 * @throws ConfigurationError for a `fetch` option that takes or gives something else than the global one
 */
export type PlatformFetch = (
  input: string | URL | Request,
  init: RequestInit | undefined,
  getToken: TokenGetter,
  call: PlatformCall,
) => Promise<Response>

export function createPlatformFetch(parts: {
  settings: Pick<Settings, 'baseUrl' | 'fetch' | 'timeouts'>
  credentials: Pick<CredentialsHolder, 'current'>
  budget: Pick<UpstreamBudget, 'count' | 'heedRest'>
}): PlatformFetch {
  const { baseUrl, timeouts } = parts.settings
  const fetch = counted(parts)

  return async (input, init, getToken, call) => {
    const request = readPlainRequest(input, init, { baseUrl, callSignal: call.signal })
    const throwIfOver = (): void => {
      call.throwIfEnded()
      request.signal.throwIfAborted()
    }
    const send = (token: string, last: boolean): Promise<Response> => {
      throwIfOver()
      return sendOnce(fetch, request, token, last)
    }
    throwIfOver()
    const token = await getToken({ signal: request.signal })
    call.hasToken()
    let response = await send(token, false)
    try {
      const { isExpired, answer } = await lookForExpiredToken(response, Math.min(timeouts.attemptMs, lookMs))
      response = answer
      throwIfOver()
      const other = isExpired ? await anotherToken(getToken, token, request.signal) : undefined
      throwIfOver()
      if (other === undefined || !request.repeatable) return response
      letGo(response)
      return send(other, true)
    } catch (error) {
      letGo(response)
      throw error
    }
  }
}

const letGo = (response: Response): void => void response.body?.cancel().catch(() => {})

/** `fetch` that is counted for the client id and whose answers are heeded. Nothing is waited for and nothing refused. */
function counted({ settings, credentials, budget }: Parameters<typeof createPlatformFetch>[0]): Fetch {
  const tell = (told: (clientId: string) => void): void =>
    void Promise.resolve(credentials.current())
      .then(({ clientId }) => told(clientId))
      .catch(() => {})
  return async (...given) => {
    tell((clientId) => budget.count(clientId))
    const response = await callFetch(settings.fetch, ...given)
    tell((clientId) => budget.heedRest(clientId, response))
    return response
  }
}

/** A token in place of the rejected one; `undefined` when there is none. Only what ends the call is thrown. */
async function anotherToken(
  getToken: TokenGetter,
  rejectedToken: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const token = await getToken({ rejectedToken, signal })
    return token === rejectedToken ? undefined : token
  } catch (error) {
    if (isTesouroTokensError(error, 'user_forgotten') || isTesouroTokensError(error, 'closed')) throw error
    return undefined
  }
}

async function sendOnce(
  fetch: Fetch,
  { signal, withToken }: PlainRequest,
  token: string,
  last: boolean,
): Promise<Response> {
  // An ill-formed value would make `Headers` throw an error with the token in it.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UpstreamResponseError('the access token cannot be sent in a header')
  const answer = fetch(...withToken(token, last))
  try {
    return await detachable(answer, signal)
  } catch (error) {
    if (signal.aborted) {
      // A `fetch` that pays no attention to its signal may still answer.
      answer.then(letGo, () => {})
      throw signal.reason
    }
    if (isTesouroTokensError(error, 'configuration')) throw error
    // What `fetch` throws may hold the request, and so the token.
    const code = safeErrorCode(networkCode(error), [token])
    throw new UpstreamUnavailableError(`the platform gave no answer${code ? ` (${code})` : ''}`)
  }
}
