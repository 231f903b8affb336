import * as z from 'zod/mini'
import { namedMembers, ownMembers } from '../lib/given.js'
import { asGiven } from '../lib/option.js'
import type { LeaseAnswer, LeaseOutcome, TimedTokenCache, TokenCache } from './token-cache.js'

// What a cache answers comes from outside: from a store of the application's own, or a server that holds anything. What is
// read here has no prototype: what another library has put on every object is no part of an answer.

/** What a cache answers when it is asked for a value. `alone`: from memory, because the store could not be asked. */
export type CacheAnswer = Awaited<ReturnType<TokenCache['get']>> & { alone?: true | undefined }

const optional = ['lease', 'onForget', 'hears', 'close', 'local'] as const

/** What a cache need not have and has. What somebody has put on every object is none of a cache's. */
export function optionalMembers(cache: TimedTokenCache): Pick<TimedTokenCache, (typeof optional)[number]> {
  const members = Object.entries(namedMembers(cache, ...optional))
  const bound = members.map(([name, it]) => ({ [name]: typeof it === 'function' ? it.bind(cache) : it }))
  return Object.assign(Object.create(null), ...bound)
}

/** Reads what a cache answers to `get`; `undefined`: it is no answer. */
export function readAnswer(given: unknown): CacheAnswer | undefined {
  const answer = namedMembers(given, 'generation', 'value', 'remainingMs', 'now')
  const { generation, value, remainingMs, now } = answer
  const areTexts = typeof generation === 'string' && (value === undefined || typeof value === 'string')
  const areRight = areTexts && [remainingMs, now].every((ms) => ms === undefined || Number.isFinite(ms))
  return areRight ? (answer as typeof answer & CacheAnswer) : undefined
}

export function readLeaseAnswer(given: unknown): LeaseAnswer | undefined {
  const { held, busy, outcome } = namedMembers(given, 'held', 'busy', 'outcome')
  if (held !== undefined) return ownMembers({ held } as LeaseAnswer)
  if (outcome !== undefined) return ownMembers({ outcome: readOutcome(outcome) })
  return busy === undefined ? undefined : ownMembers({ busy: true } as const)
}

export const readBoolean = (given: unknown): boolean | undefined =>
  typeof given === 'boolean' ? given : undefined

/** For what answers nothing. */
export const readNothing = (): true => true

/** The values that a cache says it dropped. One that says nothing has dropped them all the same. */
export function readValues(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.filter((value) => typeof value === 'string') : []
}

/** What is given where it makes sense. */
const sensible = (makesSense: (given: unknown) => boolean, otherwise?: boolean) =>
  z.transform((given) => (makesSense(given) ? given : otherwise))
const within = (least: number, most: number) => (given: unknown) =>
  typeof given === 'number' && given >= least && given <= most
const failure = asGiven(
  z.object({
    code: z.string(),
    kind: z.literal(['passing', 'user', 'client']),
    status: sensible(within(100, 599)),
    error: sensible((given) => typeof given === 'string' && /^[\w-]{1,60}$/.test(given)),
    retryable: sensible((given) => given === true, false),
    retryAfterSeconds: sensible(within(0, 86_400)),
  }),
)

/** An outcome as far as it makes sense; what cannot be read says that the exchange ended, and nothing more. */
function readOutcome(outcome: unknown): LeaseOutcome {
  const { stored, failed } = namedMembers(outcome, 'stored', 'failed')
  if (stored === true) return ownMembers({ stored: true } as const)
  const { data } = failure.safeParse(failed)
  return ownMembers(data === undefined ? { notCacheable: true } : ({ failed: data } as LeaseOutcome))
}
