import type { TesouroTimeouts, TesouroTokensOptions } from './options.js'

// Records instead of lists: the compiler finds a name that is missing here.
const options: Record<keyof TesouroTokensOptions, true> = {
  environment: true,
  baseUrl: true,
  allowHttp: true,
  clientId: true,
  clientSecret: true,
  widgetSecret: true,
  credentials: true,
  credentialsMaxAgeSeconds: true,
  subjectToken: true,
  widgetTokenLifetimeSeconds: true,
  cache: true,
  cacheNameKey: true,
  auditKey: true,
  tenant: true,
  waitUntil: true,
  timeouts: true,
  retry: true,
  requestsPerSecond: true,
  limitStore: true,
  revocationPath: true,
  onEvent: true,
  fetch: true,
  clock: true,
}
const timeouts: Record<keyof TesouroTimeouts, true> = {
  attemptMs: true,
  exchangeMs: true,
  callMs: true,
  cacheMs: true,
}

export const optionNames: readonly string[] = Object.keys(options)
export const timeoutNames: readonly string[] = Object.keys(timeouts)
