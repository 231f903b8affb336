import type { Moment } from '../lib/clock.js'

/** Marks what this process stored: only for that do its own clocks tell the age. */
let mark: string | undefined

/** Drawn at first use: workers refuse to draw anything while modules are loaded. */
export function thisProcess(): string {
  mark ??= crypto.randomUUID()
  return mark
}

/** A token as the cache keeps it. */
export interface StoredToken {
  v: 1
  accessToken: string
  issuedTokenType?: string | undefined
  lifetimeMs: number
  process: string
  requestedAt: Moment
}

/** Reads what a cache gave back; `undefined` for anything that this version did not write. */
export function readStored(text: string): StoredToken | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isStored(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** By hand, unlike everything else that arrives: this is all that a warm call does beside its look-up. */
function isStored(value: unknown): value is StoredToken {
  if (!isRecord(value) || !hasOnly(value, members)) return false
  const { v, accessToken, issuedTokenType, lifetimeMs, process, requestedAt } = value
  if (v !== 1 || typeof accessToken !== 'string' || accessToken === '') return false
  if (issuedTokenType !== undefined && typeof issuedTokenType !== 'string') return false
  if (!Number.isFinite(lifetimeMs) || Number(lifetimeMs) <= 0 || typeof process !== 'string') return false
  if (!isRecord(requestedAt) || !hasOnly(requestedAt, moments)) return false
  return Number.isFinite(requestedAt.now) && Number.isFinite(requestedAt.monotonic)
}

const members = new Set(['v', 'accessToken', 'issuedTokenType', 'lifetimeMs', 'process', 'requestedAt'])
const moments = new Set(['now', 'monotonic'])

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(record: object, names: ReadonlySet<string>): boolean {
  return Object.keys(record).every((name) => names.has(name))
}
