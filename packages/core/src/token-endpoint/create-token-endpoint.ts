import type { Credentials, CredentialsHolder, Settings } from '../configuration/settings.js'
import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { EventOutcome } from '../events.js'
import { toHex } from '../lib/hex.js'
import type { UpstreamBudget } from '../limits/upstream-budget.js'
import type { Observer } from '../observer.js'
import { secretMembers, toForm } from './form.js'
import { createClockWatch } from './platform-clock.js'
import type { PlatformRequests } from './request.js'
import { type Prepare, type Report, type Runner, run } from './run.js'
import type { TokenEndpoint, TokenGrant } from './token-endpoint.js'
import type * as Wire from './wire.js'

/** Makes the client of the platform's token endpoint and revocation endpoint. */
export function createTokenEndpoint(parts: {
  settings: Pick<Settings, 'baseUrl' | 'fetch' | 'clock' | 'timeouts' | 'attempts' | 'revocationUrl'>
  credentials: CredentialsHolder
  budget: UpstreamBudget
  observer: Observer
}): TokenEndpoint {
  const { settings, credentials, budget, observer } = parts
  const { clock } = settings
  let loading: Promise<typeof Wire & { requests: PlatformRequests }> | undefined
  const wire = (): NonNullable<typeof loading> => {
    loading ??= import('./wire.js').then((wire) => ({
      ...wire,
      requests: wire.createPlatformRequests(settings, (clientId, answer, head) => {
        budget.heed(clientId, answer)
        watch.heard(head.clockAheadMs)
      }),
    }))
    return loading
  }
  let upstream: TokenEndpoint['upstream'] = 'unknown'
  const watch = createClockWatch(observer)

  const runner: Runner = {
    origin: settings.baseUrl.origin,
    timeouts: settings.timeouts,
    attempts: settings.attempts,
    clock,
    credentials,
    budget,
    onVerdict: () => {},
  }
  const tokenRunner: Runner = {
    ...runner,
    onVerdict(verdict) {
      upstream = 'granted' in verdict || isUsersOwn(verdict.error) ? 'up' : 'failing'
    },
  }

  /** Runs a call for a token and tells what became of it. */
  const grant = async (
    kind: 'token_exchange' | 'client_credentials',
    user: string | undefined,
    prepare: Prepare<TokenGrant>,
    signal: AbortSignal,
  ): Promise<TokenGrant> => {
    const report: Report = { attempts: 0, status: undefined, requestId: undefined }
    const startedAt = clock.monotonic()
    const tell = (outcome: EventOutcome): void => {
      const durationMs = clock.monotonic() - startedAt
      const { attempts, status, requestId } = report
      observer.emit({
        type: 'exchange',
        user,
        grant: kind,
        outcome,
        attempts,
        durationMs,
        ...(status !== undefined && { status }),
        ...(requestId !== undefined && { requestId }),
      })
    }
    try {
      const granted = await run(tokenRunner, prepare, { signal, report })
      tell('ok')
      return granted
    } catch (error) {
      if (isTesouroTokensError(error)) tell(error.code)
      throw error
    }
  }

  return {
    get upstream() {
      return upstream
    },

    get clockAheadMs() {
      return watch.aheadMs
    },

    exchange({ subjectToken, requestParameters, user }, { signal }) {
      return grant(
        'token_exchange',
        user,
        async (used, runSignal) => {
          const { readToken, requests, toGrant } = await wire()
          const token = await subjectToken({ signal: runSignal, purpose: 'exchange' })
          return {
            secrets: [...secretsOf(used), token, ...secretMembers(requestParameters)],
            send: (sending) => requests.exchange(token, toForm(requestParameters), used, sending),
            read: (sent) =>
              readToken(sent, (members, times) => ({
                ...toGrant(members, 'token_exchange', times),
                clientId: used.clientId,
              })),
          }
        },
        signal,
      )
    },

    clientCredentials({ signal }) {
      return grant(
        'client_credentials',
        undefined,
        async (used) => {
          const { readToken, requests, toGrant } = await wire()
          return {
            secrets: secretsOf(used),
            send: (sending) => requests.clientCredentials(used, sending),
            read: (sent) =>
              readToken(sent, (members, times) => ({
                ...toGrant(members, 'client_credentials', times),
                clientId: used.clientId,
              })),
          }
        },
        signal,
      )
    },

    async revoke(token, { signal, user }) {
      if (settings.revocationUrl === undefined) {
        throw new ConfigurationError(['revocationPath: is missing, and revoking a token needs it'])
      }
      try {
        await run(
          runner,
          async (used) => {
            const { readRevocation, requests } = await wire()
            return {
              secrets: [...secretsOf(used), token],
              send: (sending) => requests.revocation(token, used, sending),
              read: readRevocation,
            }
          },
          { signal, report: { attempts: 0, status: undefined, requestId: undefined } },
        )
        observer.emit({ type: 'revoke', user, outcome: 'ok' })
      } catch (error) {
        if (isTesouroTokensError(error)) observer.emit({ type: 'revoke', user, outcome: error.code })
        throw error
      }
    },
  }
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
