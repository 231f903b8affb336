import type { Credentials, CredentialsHolder, Settings } from '../configuration/settings.js'
import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { EventOutcome, ExchangeEvent } from '../events.js'
import type { Abortable } from '../lib/deadline.js'
import { toHex } from '../lib/hex.js'
import type { UpstreamBudget } from '../limits/upstream-budget.js'
import type { Observer } from '../observer.js'
import { note, traced } from '../observer.js'
import type { ExchangeTrace } from '../traces.js'
import type { JsonValue } from '../user.js'
import { toGrant } from './answer.js'
import type { Attempt } from './attempt.js'
import { createClockWatch } from './platform-clock.js'
import { PlatformRequests, readRevocation, readToken } from './request.js'
import { type Prepare, type Report, type Runner, run } from './run.js'
import type { ExchangeRequest, TokenEndpoint, TokenGrant } from './token-endpoint.js'

interface TokenEndpointParts {
  settings: Pick<Settings, 'baseUrl' | 'fetch' | 'clock' | 'timeouts' | 'attempts' | 'revocationUrl'>
  credentials: CredentialsHolder
  budget: UpstreamBudget
  observer: Observer
}

/** Makes the client of the platform's token endpoint and revocation endpoint. */
export function createTokenEndpoint(parts: TokenEndpointParts): TokenEndpoint {
  return new Client(parts)
}

class Client implements TokenEndpoint {
  readonly #parts: TokenEndpointParts
  readonly #watch: ReturnType<typeof createClockWatch>
  readonly #requests: PlatformRequests
  #upstream: TokenEndpoint['upstream'] = 'unknown'

  constructor(parts: TokenEndpointParts) {
    const { budget, observer, settings } = parts
    this.#parts = parts
    this.#watch = createClockWatch(observer)
    this.#requests = new PlatformRequests(settings, (clientId, answer, head) => {
      budget.heed(clientId, answer)
      this.#watch.heard(head.clockAheadMs)
    })
  }

  get upstream(): TokenEndpoint['upstream'] {
    return this.#upstream
  }

  get clockAheadMs(): number | undefined {
    return this.#watch.aheadMs
  }

  exchange(
    { subjectToken, beforeSend, requestParameters, user }: ExchangeRequest,
    { signal }: { signal: Abortable },
  ): Promise<TokenGrant> {
    const prepare: Prepare<TokenGrant> = async (used, runSignal) => {
      const token = await subjectToken({ signal: runSignal, purpose: 'exchange' })
      return {
        secrets: [...secretsOf(used), token, ...secretMembers(requestParameters)],
        beforeSend,
        send: (sending) => this.#requests.exchange(token, toForm(requestParameters), used, sending),
        read: readerOf('token_exchange', used),
      }
    }
    return this.#grant({ kind: 'token_exchange', user, prepare, signal })
  }

  clientCredentials({ signal }: { signal: Abortable }): Promise<TokenGrant> {
    const prepare: Prepare<TokenGrant> = async (used) => ({
      secrets: secretsOf(used),
      beforeSend: undefined,
      send: (sending) => this.#requests.clientCredentials(used, sending),
      read: readerOf('client_credentials', used),
    })
    return this.#grant({ kind: 'client_credentials', user: undefined, prepare, signal })
  }

  async revoke(
    token: string,
    { signal, user }: { signal: Abortable; user: string | undefined },
  ): Promise<void> {
    const { observer, settings } = this.#parts
    if (settings.revocationUrl === undefined) {
      throw new ConfigurationError(['revocationPath: is missing, and revoking a token needs it'])
    }
    const prepare: Prepare<undefined> = async (used) => ({
      secrets: [...secretsOf(used), token],
      beforeSend: undefined,
      send: (sending) => this.#requests.revocation(token, used, sending),
      read: readRevocation,
    })
    const report: Report = { attempts: 0, status: undefined, requestId: undefined }
    try {
      const runner = this.#runner(() => {})
      await traced({ type: 'revoke' }, () => run(runner, prepare, { signal, report }))
      observer.emit({ type: 'revoke', user, outcome: 'ok' })
    } catch (error) {
      if (isTesouroTokensError(error)) observer.emit({ type: 'revoke', user, outcome: error.code })
      throw error
    }
  }

  /** Runs a call for a token and emits what became of it. */
  async #grant({ kind, user, prepare, signal }: GrantCall): Promise<TokenGrant> {
    const { observer, settings } = this.#parts
    const report: Report = { attempts: 0, status: undefined, requestId: undefined }
    const trace: ExchangeTrace = { type: 'exchange', grant: kind }
    const startedAt = settings.clock.monotonic()
    const tell = (outcome: EventOutcome): void => {
      const durationMs = settings.clock.monotonic() - startedAt
      observer.emit({ type: 'exchange', user, grant: kind, outcome, durationMs, ...told(report) })
    }
    const runner = this.#runner((verdict) => {
      this.#upstream = 'granted' in verdict || isUsersOwn(verdict.error) ? 'up' : 'failing'
    })
    try {
      const granted = await traced(trace, () =>
        run(runner, prepare, { signal, report }).finally(() => note(trace, told(report))),
      )
      tell('ok')
      return granted
    } catch (error) {
      if (isTesouroTokensError(error)) tell(error.code)
      throw error
    }
  }

  #runner(onVerdict: Runner['onVerdict']): Runner {
    const { settings, credentials, budget } = this.#parts
    const { attempts, baseUrl, clock, timeouts } = settings
    return { origin: baseUrl.origin, timeouts, attempts, clock, credentials, budget, onVerdict }
  }
}

interface GrantCall {
  kind: GrantKind
  user: string | undefined
  prepare: Prepare<TokenGrant>
  signal: Abortable
}

/** What is reported of a call, as far as it came. */
function told({
  attempts,
  status,
  requestId,
}: Report): Pick<ExchangeEvent, 'attempts' | 'status' | 'requestId'> {
  return {
    attempts,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  }
}

type GrantKind = 'token_exchange' | 'client_credentials'

function readerOf(kind: GrantKind, { clientId }: Credentials): Attempt<TokenGrant>['read'] {
  return (sent) => readToken(sent, (members, times) => ({ ...toGrant(members, kind, times), clientId }))
}

/** Failures that say nothing against the platform or this client: it is up, and refuses this user or asks to slow down. */
function isUsersOwn(error: { code: string; error?: string | undefined }): boolean {
  return (
    error.code === 'rate_limited' || (error.code === 'token_endpoint' && error.error !== 'invalid_client')
  )
}

/** The credentials that a request holds or could be made to repeat, as text. */
function secretsOf({ clientSecret, widgetKey }: Credentials): string[] {
  if (widgetKey === undefined) return [clientSecret]
  return [clientSecret, toHex(widgetKey), btoa(String.fromCharCode(...widgetKey))]
}

/**
 * Writes extra members as form parameters. Text stays as it is; numbers and booleans become text; a list of those
 * becomes the same parameter several times (RFC 8693 §2.1, for `audience` and `resource`); anything deeper becomes
 * JSON text. `null` is left out: a parameter without a value counts as omitted (RFC 6749 §3.1).
 */
function toForm(members: { readonly [name: string]: JsonValue } | undefined): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(members ?? {})) {
    if (value === null) continue
    const values: readonly JsonValue[] = isFlatList(value) ? value : [value]
    for (const one of values) form.append(name, isPlain(one) ? String(one) : JSON.stringify(one))
  }
  return form
}

/** Values of members that are secrets by their name, such as `actor_token` and `client_assertion`. */
function secretMembers(members: { readonly [name: string]: JsonValue } | undefined): string[] {
  return Object.entries(members ?? {}).flatMap(([name, value]) =>
    /(token|secret|assertion|password|key)$/i.test(name) && typeof value === 'string' ? [value] : [],
  )
}

const isPlain = (value: JsonValue): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const isFlatList = (value: JsonValue): value is readonly JsonValue[] =>
  Array.isArray(value) && value.every((one: JsonValue) => isPlain(one))
