import type { TokenCache } from '../cache/token-cache.js'
import { isTokenCache } from '../cache/token-cache.js'
import { type Clock, systemClock } from '../lib/clock.js'
import { hexKeyBytes, hexKeyProblem } from '../lib/hex-key.js'
import { createProblems, type Problems } from '../lib/problems.js'
import { textProblem } from '../lib/text.js'
import { unknownName, unknownNames } from '../lib/unknown-name.js'
import type { SubjectTokenSource } from '../subject-token/source.js'
import { isLoopback, readPath } from './base-url.js'
import { readCredentials } from './credentials.js'
import { optionNames, timeoutNames } from './option-names.js'
import type { TesouroTimeouts } from './options.js'
import { readBase } from './read-base.js'
import type { Settings } from './settings.js'

type Given = { readonly [name: string]: unknown }

/** What changes when options come from somewhere else than code. */
export interface ReadOptionsContext {
  /** The name under which the reader knows an option. */
  nameOf?: (option: string) => string
  /** Problems found before, to be told together with those found here. */
  problems?: readonly string[]
  /** What to do about all problems together. */
  hint?: string | undefined
}

/**
 * Checks the options and fills in every default. An option given as `undefined` counts as absent. Missing parts
 * that only some methods want (`widgetSecret`, `subjectToken`) are left to those methods.
 *
 * @throws ConfigurationError with every problem found
 */
export function readOptions(options: unknown, context: ReadOptionsContext = {}): Settings {
  const problems = createProblems(context.nameOf)
  problems.include(context.problems ?? [])
  const given = asGiven(options, problems)

  const baseUrl = readBase(given, problems)
  const credentials = readCredentialsOptions(given, problems)
  const settings = {
    subjectToken: readSubjectToken(given.subjectToken, problems),
    widgetTokenLifetimeSeconds: readLifetime(given.widgetTokenLifetimeSeconds, baseUrl, problems),
    cache: readCache(given.cache, problems),
    cacheNameKey: readKey(given, 'cacheNameKey', problems),
    auditKey: readKey(given, 'auditKey', problems),
    tenant: readTenant(given.tenant, problems),
    waitUntil: readFunction<NonNullable<Settings['waitUntil']>>(given, 'waitUntil', problems),
    timeouts: readTimeouts(given.timeouts, problems),
    attempts: readAttempts(given.retry, problems),
    requestsPerSecond: readRequestsPerSecond(given.requestsPerSecond, problems),
    limitStore: readLimitStore(given.limitStore, problems),
    revocationUrl: readRevocation(given.revocationPath, baseUrl, problems),
    onEvent: readFunction<NonNullable<Settings['onEvent']>>(given, 'onEvent', problems),
    fetch:
      readFunction<Settings['fetch']>(given, 'fetch', problems) ??
      // looked up at each call, so that instrumentation that replaces it later is used
      ((input, init) => globalThis.fetch(input, init)),
    clock: readClock(given.clock, problems),
  }

  if (problems.any || baseUrl === undefined || credentials === undefined) throw problems.error(context.hint)
  return { ...settings, baseUrl, credentials }
}

function asGiven(options: unknown, problems: Problems): Given {
  if (typeof options !== 'object' || options === null) {
    problems.add('options', 'must be an object')
    throw problems.error()
  }
  const given: Given = { ...(options as Given) }
  problems.include(unknownNames(given, optionNames))
  return given
}

function readCredentialsOptions(given: Given, problems: Problems): Settings['credentials'] | undefined {
  const maxAgeSeconds = given.credentialsMaxAgeSeconds ?? 60
  if (!isPositive(maxAgeSeconds))
    problems.add('credentialsMaxAgeSeconds', 'must be a positive number of seconds')
  if (given.credentials === undefined) {
    const fixed = readCredentials(given, problems)
    return fixed && { fixed }
  }
  for (const name of ['clientId', 'clientSecret', 'widgetSecret']) {
    if (given[name] !== undefined)
      problems.add(name, 'is given beside credentials: exactly one of the two is wanted')
  }
  if (typeof given.credentials !== 'function') {
    problems.add('credentials', 'must be a function that gives { clientId, clientSecret, widgetSecret? }')
  }
  const ask = given.credentials as Extract<Settings['credentials'], { maxAgeMs: number }>['ask']
  return { ask, maxAgeMs: Number(maxAgeSeconds) * 1_000 }
}

function readSubjectToken(value: unknown, problems: Problems): SubjectTokenSource | undefined {
  if (value === undefined) return undefined
  const makers = 'signedSubjectToken(…), unsecuredSubjectToken(…) or subjectTokenFrom(…)'
  if (typeof value === 'function') {
    problems.add('subjectToken', 'is a function: wrap it in subjectTokenFrom(…)')
  } else if (typeof value === 'string') {
    problems.add('subjectToken', `is a text, but every user needs a token of their own: give ${makers}`)
  } else if (!hasFunctions(value, ['ready', 'create'])) {
    problems.add('subjectToken', `must come from ${makers}`)
  }
  return value as SubjectTokenSource
}

function readLifetime(value: unknown, baseUrl: URL | undefined, problems: Problems): number {
  const seconds = value ?? 480
  const loopback = baseUrl === undefined || isLoopback(baseUrl)
  const least = loopback ? 10 : 300
  if (!Number.isInteger(seconds) || Number(seconds) < least || Number(seconds) > 600) {
    const unit = Number(seconds) >= 10_000 ? '; it looks like milliseconds' : ''
    problems.add(
      'widgetTokenLifetimeSeconds',
      `must be a whole number of seconds from ${least} to 600${unit}`,
    )
  }
  return Number(seconds)
}

function readCache(value: unknown, problems: Problems): TokenCache | undefined {
  if (value === undefined) return undefined
  const cache = value as { readonly [name: string]: unknown }
  if (!isTokenCache(value)) {
    const text = value instanceof Promise ? 'is a promise: await it first' : 'must be a TokenCache'
    problems.add('cache', `${text} (get, set, delete and forget)`)
  } else {
    for (const name of ['lease', 'onForget', 'close']) {
      if (cache[name] !== undefined && typeof cache[name] !== 'function')
        problems.add('cache', `its ${name} must be a function`)
    }
  }
  return value as TokenCache
}

function readKey(
  given: { readonly [option: string]: unknown },
  name: 'auditKey' | 'cacheNameKey',
  problems: Problems,
): Uint8Array<ArrayBuffer> | undefined {
  const value = given[name]
  if (value === undefined) return undefined
  const problem = hexKeyProblem(value, '64 hex digits are wanted, 32 random bytes')
  if (problem === undefined) return hexKeyBytes(String(value))
  problems.add(name, problem)
  return undefined
}

function readTenant(value: unknown, problems: Problems): string | undefined {
  if (value === undefined) return undefined
  const problem = textProblem(value)
  if (problem !== undefined) problems.add('tenant', problem)
  return value as string
}

function readTimeouts(value: unknown, problems: Problems): Settings['timeouts'] {
  const timeouts: { [name: string]: number } & Settings['timeouts'] = {
    attemptMs: 5_000,
    exchangeMs: 15_000,
    callMs: 20_000,
    cacheMs: 250,
  }
  if (value === undefined) return timeouts
  if (typeof value !== 'object' || value === null) {
    problems.add('timeouts', 'must be an object')
    return timeouts
  }
  for (const [name, ms] of Object.entries(value)) {
    if (!timeoutNames.includes(name)) problems.add('timeouts', unknownName(name, timeoutNames))
    // timers take 32 bits: a longer wait would end at once
    else if (ms !== undefined && !(isPositive(ms) && ms < 2 ** 31)) {
      problems.add(`timeouts.${name}`, 'must be a positive number of milliseconds, below 2,147,483,648')
    } else if (ms !== undefined) timeouts[name] = ms
  }
  // Whoever gives a call more time, or less, means its longest part too.
  const { exchangeMs } = value as TesouroTimeouts
  if (exchangeMs === undefined) timeouts.exchangeMs = defaultExchangeMs(timeouts.callMs)
  return timeouts
}

/** 15 of 20 seconds; of longer calls all but five seconds, of shorter ones three quarters. */
const defaultExchangeMs = (callMs: number): number => Math.max(callMs - 5_000, callMs * 0.75)

function readAttempts(value: unknown, problems: Problems): number {
  if (value === undefined) return 3
  if (value === false) return 1
  const attempts: unknown =
    typeof value === 'object' && value !== null && 'attempts' in value ? value.attempts : undefined
  if (!Number.isInteger(attempts) || Number(attempts) < 1 || Number(attempts) > 10) {
    problems.add('retry', 'must be false, or { attempts } with a whole number from 1 to 10')
  }
  return Number(attempts)
}

function readRequestsPerSecond(value: unknown, problems: Problems): Settings['requestsPerSecond'] {
  if (value === undefined) return 25
  if (value === false) return false
  if (!(Number.isInteger(value) && isPositive(value))) {
    const isObject = typeof value === 'object' && value !== null
    const text = 'must be false, or a whole number of at least 1'
    problems.add('requestsPerSecond', isObject ? `${text}; a shared store is the option limitStore` : text)
  }
  return Number(value)
}

function readLimitStore(value: unknown, problems: Problems): Settings['limitStore'] {
  if (value !== undefined && !hasFunctions(value, ['reserve', 'pause', 'count'])) {
    const text = value instanceof Promise ? 'is a promise: await it first' : 'must be a LimitStore'
    problems.add('limitStore', `${text} (reserve, pause and count)`)
  }
  return value as Settings['limitStore']
}

function readRevocation(value: unknown, baseUrl: URL | undefined, problems: Problems): URL | undefined {
  if (value === undefined) return undefined
  const url = readPath(value, baseUrl ?? new URL('https://unknown.invalid/'))
  if (url instanceof URL) return url
  problems.add('revocationPath', url)
  return undefined
}

function readClock(value: unknown, problems: Problems): Clock {
  if (value === undefined) return systemClock
  if (!hasFunctions(value, ['now', 'monotonic'])) {
    problems.add('clock', 'must have the functions now and monotonic, both giving milliseconds')
  }
  return value as Clock
}

function readFunction<Wanted>(given: Given, name: string, problems: Problems): Wanted | undefined {
  const value = given[name]
  if (value !== undefined && typeof value !== 'function') problems.add(name, 'must be a function')
  return value as Wanted | undefined
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return names.every((name) => typeof (value as Given)[name] === 'function')
}
