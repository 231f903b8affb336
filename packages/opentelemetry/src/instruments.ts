import type { Counter, Gauge, Histogram, Meter, Observable } from '@opentelemetry/api'

const quickSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.01, 0.1, 1]
const storeSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
const upstreamSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20]
const lifeSeconds = [0, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400]

/** Everything that is measured. Names without a semantic convention begin with `tesouro_tokens`. */
export interface Instruments {
  mintDuration: Histogram
  cacheLookups: Counter
  remainingLife: Histogram
  cacheDuration: Histogram
  cacheFailures: Counter
  cacheBypassed: Observable
  exchangeDuration: Histogram
  exchangeRequests: Counter
  refreshes: Counter
  leaseWait: Histogram
  slotWait: Histogram
  slotsWaiting: Observable
  logouts: Counter
  logoutDelay: Histogram
  renewals: Counter
  revocations: Counter
  refusals: Counter
  credentialReads: Counter
  clockDifference: Gauge
}

export function createInstruments(meter: Meter): Instruments {
  const counter = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(`tesouro_tokens.${name}`, { unit: `{${unit}}`, description })
  const seconds = (name: string, explicitBucketBoundaries: number[], description: string): Histogram =>
    meter.createHistogram(`tesouro_tokens.${name}`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries },
    })
  // Observed and not counted up and down: a reader that comes late, or was away, gets the level of now.
  const level = (name: string, unit: string, description: string): Observable =>
    meter.createObservableUpDownCounter(`tesouro_tokens.${name}`, { unit: `{${unit}}`, description })
  return {
    mintDuration: seconds('mint.duration', quickSeconds, 'Minting of widget tokens'),
    cacheLookups: counter('cache.lookups', 'lookup', 'Looks for an access token, by what was found'),
    remainingLife: seconds(
      'cache.remaining_life',
      lifeSeconds,
      'What is left of the life of a token that is served',
    ),
    cacheDuration: seconds('cache.operation.duration', storeSeconds, 'Operations of a shared cache'),
    cacheFailures: counter('cache.failures', 'failure', 'Operations of a cache or limit store that failed'),
    cacheBypassed: level(
      'cache.bypassed',
      'cache',
      'Shared caches that are left out after five failures in a row',
    ),
    exchangeDuration: seconds(
      'exchange.duration',
      upstreamSeconds,
      'Requests for one token, attempts and waiting included',
    ),
    exchangeRequests: counter('exchange.requests', 'request', 'Requests sent to the token endpoint'),
    refreshes: counter(
      'refreshes',
      'refresh',
      'Tokens that were replaced while they still served, or could not be',
    ),
    leaseWait: seconds('lease.wait.duration', upstreamSeconds, 'Waiting for the exchange of another process'),
    slotWait: seconds(
      'request_slot.wait.duration',
      upstreamSeconds,
      'Waiting for a turn under requestsPerSecond',
    ),
    slotsWaiting: level('request_slot.waiting', 'request', 'Requests for tokens that wait for their turn'),
    logouts: counter('logouts', 'logout', 'Users who were forgotten, here or elsewhere'),
    logoutDelay: seconds('logout.delay', storeSeconds, 'How late this process heard of a logout elsewhere'),
    renewals: counter('renewals', 'renewal', 'Users whose tokens are exchanged again'),
    revocations: counter('revocations', 'token', 'Tokens that were revoked, or could not be'),
    refusals: counter('refusals', 'refusal', 'Calls and requests that were refused before anything was done'),
    credentialReads: counter('credentials.reads', 'read', 'Answers of the credentials function'),
    clockDifference: meter.createGauge('tesouro_tokens.clock.difference', {
      unit: 's',
      description:
        "How far this machine's clock is ahead of the platform's, where that is more than 60 s; else 0",
    }),
  }
}
