import { systemClock } from '../lib/clock.js'
import { ownMembers } from '../lib/given.js'
import { hexKeyBytes } from '../lib/hex-key.js'
import { parseOptions } from '../lib/option.js'
import { createProblems } from '../lib/problems.js'
import { baseUrlOf, urlBelow } from './base-url.js'
import { HeldCredentials } from './credentials.js'
import { type CheckedOptions, optionsSchema } from './schema.js'
import type { Settings } from './settings.js'

/** What changes when options come from somewhere else than code. */
export interface ReadOptionsContext {
  /** The name under which the reader knows an option. */
  nameOf?: (option: string) => string
  /** Problems found before, which are reported together with those found here. */
  problems?: readonly string[]
  /** What to do about all problems together. */
  hint?: string | undefined
}

/**
 * Checks the options and fills in every default. An option given as `undefined` counts as absent. Missing parts
 * that only some methods need (`widgetSecret`, `subjectToken`) are left to those methods.
 *
 * @throws ConfigurationError with every problem found
 */
export function readOptions(options: unknown, context: ReadOptionsContext = {}): Settings {
  const { nameOf, problems: before = [], hint } = ownMembers(context)
  const problems = createProblems(nameOf)
  problems.include(before)
  const checked = parseOptions(optionsSchema, options, problems)
  const baseUrl = baseUrlOf({ ...checked })
  if (problems.any || checked === undefined || baseUrl === undefined) throw problems.error(hint)
  const { cacheNameKey, auditKey, retry, revocationPath, timeouts } = checked
  return {
    baseUrl,
    credentials: credentialsOf(checked),
    subjectToken: checked.subjectToken,
    widgetTokenLifetimeSeconds: checked.widgetTokenLifetimeSeconds,
    cache: checked.cache,
    cacheNameKey: keyBytes(cacheNameKey),
    auditKey: keyBytes(auditKey),
    tenant: checked.tenant,
    waitUntil: checked.waitUntil,
    timeouts: { ...timeouts, exchangeMs: timeouts.exchangeMs ?? defaultExchangeMs(timeouts.callMs) },
    attempts: retry === false ? 1 : retry.attempts,
    requestsPerSecond: checked.requestsPerSecond,
    limitStore: checked.limitStore,
    revocationUrl: revocationPath === undefined ? undefined : urlBelow(baseUrl, revocationPath),
    onEvent: checked.onEvent,
    // looked up at each call, so that instrumentation that replaces it later is used
    fetch: checked.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: checked.clock ?? systemClock,
  }
}

const keyBytes = (key: string | undefined): Settings['auditKey'] =>
  key === undefined ? undefined : hexKeyBytes(key)

/** 15 of 20 seconds; of longer calls all but five seconds, of shorter ones three quarters. */
const defaultExchangeMs = (callMs: number): number => Math.max(callMs - 5_000, callMs * 0.75)

function credentialsOf(checked: CheckedOptions): Settings['credentials'] {
  const { credentials, credentialsMaxAgeSeconds } = checked
  return credentials === undefined
    ? { fixed: new HeldCredentials(checked) }
    : { fixed: undefined, ask: credentials, maxAgeMs: credentialsMaxAgeSeconds * 1_000 }
}
