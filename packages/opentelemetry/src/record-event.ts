import type { Attributes } from '@opentelemetry/api'
import type { TesouroTokensEvent } from '@tesouro-tokens/core'
import { errorType } from './attributes.js'
import type { Instruments } from './instruments.js'

// Made once: this is all that a warm call has made for it.
const results: { readonly [result: string]: Attributes } = Object.fromEntries(
  ['fresh', 'ageing', 'expiring', 'miss'].map((result) => [
    result,
    { 'tesouro_tokens.cache.result': result },
  ]),
)

/** Puts an event into figures. The user in it is left out: figures count, and name nobody. */
export function recordEvent(all: Instruments, event: TesouroTokensEvent): void {
  switch (event.type) {
    case 'cache_hit':
      all.cacheLookups.add(1, results[event.state ?? 'fresh'])
      if (event.remainingMs !== undefined) all.remainingLife.record(event.remainingMs / 1_000)
      break
    case 'cache_miss':
      all.cacheLookups.add(1, results.miss)
      break
    case 'mint':
      all.mintDuration.record(event.durationMs / 1_000, errorType(event.outcome))
      break
    case 'exchange':
      recordExchange(all, event)
      break
    case 'cache_failure':
      all.cacheFailures.add(1, {
        'tesouro_tokens.cache.operation': event.operation,
        'tesouro_tokens.cache.reason': event.reason,
      })
      break
    case 'lease_wait':
      all.leaseWait.record(event.durationMs / 1_000, { 'tesouro_tokens.lease.ended': event.outcome })
      break
    case 'refresh':
      all.refreshes.add(1, { 'tesouro_tokens.background': event.background, ...errorType(event.outcome) })
      break
    case 'forget':
      all.logouts.add(1, { 'tesouro_tokens.origin': event.origin, ...errorType(event.outcome) })
      if (event.lateMs !== undefined) all.logoutDelay.record(event.lateMs / 1_000)
      break
    case 'renew':
      all.renewals.add(1, { 'tesouro_tokens.origin': event.origin, ...errorType(event.outcome) })
      break
    case 'revoke':
      all.revocations.add(1, errorType(event.outcome))
      break
    case 'refusal':
      all.refusals.add(1, { 'tesouro_tokens.code': event.code })
      break
    case 'credentials':
      all.credentialReads.add(1, { 'tesouro_tokens.changed': event.changed, ...errorType(event.outcome) })
      break
    case 'clock':
      all.clockDifference.record(event.state === 'wrong' ? event.aheadMs / 1_000 : 0)
  }
}

function recordExchange(
  { exchangeDuration, exchangeRequests }: Instruments,
  event: Extract<TesouroTokensEvent, { type: 'exchange' }>,
): void {
  const grant = { 'tesouro_tokens.grant': event.grant }
  const status = event.status === undefined ? {} : { 'http.response.status_code': event.status }
  exchangeDuration.record(event.durationMs / 1_000, { ...grant, ...status, ...errorType(event.outcome) })
  exchangeRequests.add(event.attempts, grant)
}
