// The only file that knows oauth4webapi.
import * as oauth from 'oauth4webapi'
import type { Credentials, Settings } from '../configuration/settings.js'
import { UpstreamResponseError } from '../errors.js'
import { dateOf, momentOf } from '../lib/clock.js'
import { ownMembers } from '../lib/given.js'
import { callFetch, type Fetch } from '../lib/given-fetch.js'
import { clockAheadMs } from './platform-clock.js'
import type { TokenGrant } from './token-endpoint.js'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** RFC 8693 §3: what the subject token is declared as, and what must come back. */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** An answer with its body in memory. */
export interface Sent {
  response: Response
  /** Just before the request was sent. */
  requestedAt: TokenGrant['requestedAt']
}

/** What the head of an answer told, for errors: filled in as soon as it has arrived. */
export interface AnswerHead {
  /** `x-request-id` as it came. */
  requestId: string | undefined
  /** Milliseconds by which this machine's clock is ahead of the platform's; `undefined` where that is not known. */
  clockAheadMs: number | undefined
}

/** What a request is sent with, in addition to its content. */
export interface SendOptions {
  signal: AbortSignal
  head: AnswerHead
}

/** What a well-formed answer says: what it grants, or the error that it refuses with (RFC 6749 §5.2). */
export type Answer<Result> = { granted: Result } | { refused: { error: unknown; description: unknown } }

/** Sends requests to the platform by oauth4webapi's functions. */
export class PlatformRequests {
  readonly #settings: RequestSettings
  readonly #onAnswer: AnswerListener
  readonly #server: oauth.AuthorizationServer

  /** `onAnswer` receives the head of every answer, also of those that cannot be used. */
  constructor(settings: RequestSettings, onAnswer: AnswerListener) {
    const { baseUrl, revocationUrl } = settings
    this.#settings = settings
    this.#onAnswer = onAnswer
    this.#server = {
      issuer: baseUrl.href,
      token_endpoint: new URL('openid/connect/token', baseUrl).href,
      ...(revocationUrl && { revocation_endpoint: revocationUrl.href }),
    }
  }

  exchange(
    subjectToken: string,
    parameters: URLSearchParams,
    credentials: Credentials,
    sending: SendOptions,
  ): Promise<Sent> {
    // Set after the caller's own members, so that none of those can take their place.
    parameters.set('subject_token', subjectToken)
    parameters.set('subject_token_type', accessTokenType)
    return this.#send(credentials, sending, (client, secret, options) =>
      oauth.genericTokenEndpointRequest(this.#server, client, secret, exchangeGrant, parameters, options),
    )
  }

  clientCredentials(credentials: Credentials, sending: SendOptions): Promise<Sent> {
    return this.#send(credentials, sending, (client, secret, options) =>
      oauth.clientCredentialsGrantRequest(this.#server, client, secret, {}, options),
    )
  }

  revocation(token: string, credentials: Credentials, sending: SendOptions): Promise<Sent> {
    return this.#send(credentials, sending, (client, secret, options) =>
      oauth.revocationRequest(this.#server, client, secret, token, options),
    )
  }

  /** Sends a request, and notes when. */
  async #send(
    { clientId, clientSecret }: Credentials,
    { signal, head }: SendOptions,
    request: (
      client: oauth.Client,
      secret: oauth.ClientAuth,
      options: oauth.TokenEndpointRequestOptions,
    ) => Promise<Response>,
  ): Promise<Sent> {
    const { baseUrl, fetch, clock } = this.#settings
    let requestedAt = momentOf(clock)
    const heard: Fetch = async (url, init) => {
      const answer = await callFetch(fetch, url, init)
      head.requestId = answer.headers.get('x-request-id') ?? undefined
      head.clockAheadMs = clockAheadMs(answer.headers, { sentAt: requestedAt.now, receivedAt: clock.now() })
      this.#onAnswer(clientId, answer, head)
      return answer
    }
    const options = ownMembers<oauth.TokenEndpointRequestOptions>({
      // Which hosts may be asked without TLS has been checked with the options.
      [oauth.allowInsecureRequests]: baseUrl.protocol === 'http:',
      [oauth.customFetch]: (url, { method, headers, body }) => {
        requestedAt = momentOf(clock)
        return boundedFetch(heard, url, { method, headers, body }, signal)
      },
    })
    const response = await request({ client_id: clientId }, oauth.ClientSecretPost(clientSecret), options)
    return { response, requestedAt }
  }
}

type RequestSettings = Pick<Settings, 'baseUrl' | 'fetch' | 'clock' | 'revocationUrl'>

type AnswerListener = (clientId: string, answer: Response, head: AnswerHead) => void

/** Reads the answer to a request for a token. */
export async function readToken(
  { response, requestedAt }: Sent,
  toGrant: (
    members: object,
    times: { platformNow: number | undefined; now: number },
  ) => Omit<TokenGrant, 'requestedAt'>,
): Promise<Answer<TokenGrant>> {
  const answer = await readBody(response)
  if (!('granted' in answer)) return answer
  const times = { platformNow: dateOf(response.headers, requestedAt.now), now: requestedAt.now }
  return { granted: { ...toGrant(answer.granted, times), requestedAt } }
}

/** Reads the answer to a revocation (RFC 7009 §2.2): 200, and 204 for servers that say the same without a body. */
export async function readRevocation({ response }: Sent): Promise<Answer<undefined>> {
  if (response.status === 200 || response.status === 204) return { granted: undefined }
  const answer = await readBody(response)
  return 'refused' in answer ? answer : { granted: undefined }
}

async function readBody(response: Response): Promise<Answer<object>> {
  const { status } = response
  const members = [200, 400, 401].includes(status) ? await jsonObject(response) : undefined
  try {
    if (members !== undefined) {
      // Given on without headers: a WWW-Authenticate challenge would hide the error in the body. Which server and
      // which client is asked for ID tokens alone, and there is none.
      const answer = Response.json(members, { status })
      await oauth.processGenericTokenEndpointResponse({ issuer: 'none' }, { client_id: 'none' }, answer)
      // The members as they were sent: oauth4webapi reads `"12 hours"` as 12 seconds.
      return { granted: members }
    }
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) {
      return { refused: { error: error.error, description: error.error_description } }
    }
  }
  throw new UpstreamResponseError(
    `the platform answered with status ${status} and something that no token endpoint says. Check host, port and path of the base URL`,
  )
}

/**
 * The body as a JSON object: `application/json` in UTF-8. A byte order mark is tolerated, as RFC 8259 §8.1 lets a
 * reader do. An ID token is left out: nobody here uses it, and checking it would need its issuer's keys.
 */
async function jsonObject(response: Response): Promise<object | undefined> {
  const [mediaType = ''] = (response.headers.get('content-type') ?? '').split(';')
  if (mediaType.trim().toLowerCase() !== 'application/json') return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer())
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'id_token'))
  } catch {
    return undefined
  }
}

/** An answer of the token endpoint is far below one; more is not read. */
const maxBytes = 64 * 1024

/**
 * Makes one request and reads its answer into memory, 64 KiB at most. Redirects are not followed: the body of the
 * request holds the client secret. The response that comes back is a new one with the body at hand; a body that decides
 * nothing (408, 429, 5xx) is not read at all.
 *
 * Whatever goes wrong, or when `signal` is aborted, the answer's body is cancelled, so that no connection stays open.
 */
async function boundedFetch(
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
    const { status, headers } = response
    if (status < 200 || status > 599) {
      throw new UpstreamResponseError('the platform answered with a status that is none')
    }
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

async function readAtMost(response: Response, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): Error => new UpstreamResponseError('the platform answered with more than 64 KiB')
  if (Number(response.headers.get('content-length')) > maxBytes) throw tooLarge()
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel)
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
