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

/** What to say about a name that means nothing here; `known` are the names that do. */
export function unknownName(name: string, known: readonly string[]): string {
  // the name may be anything: whoever mixes up name and value should not find the value in a log
  const shown = /^[A-Za-z][\w-]{0,39}$/.test(name) ? `unknown option ${name}` : 'an unknown option'
  const meant = known.find((candidate) => distance(plain(candidate), plain(name)) <= 2)
  return meant === undefined ? shown : `${shown}: did you mean ${meant}?`
}

function plain(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

/** Levenshtein distance: how many letters have to change. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
