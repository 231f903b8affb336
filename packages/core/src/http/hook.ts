import type { CacheNames } from '../identity/token-key.js'
import { type CountMint, createMintCounts } from '../limits/mint-counts.js'
import type { Observer } from '../observer.js'
import type { TesouroTokens } from '../tokens.js'
import type { TesouroUser } from '../user.js'
import type { WidgetTokenProblemCode } from './problem.js'

/**
 * What the endpoint may ask of the tokens it mints with, in addition to minting. A symbol from the registry, because
 * an adapter may bring a second copy of this package; optional, because an application may bring its own
 * subclass of {@link TesouroTokens}.
 */
export const endpointHook: unique symbol = Symbol.for('@tesouro-tokens/endpoint')

/** The member under {@link endpointHook}. */
export interface EndpointHook {
  /** Wall clock of these tokens, in milliseconds since the epoch. */
  now(): number
  /** Their monotonic clock, in milliseconds. */
  monotonic(): number
  /** Counts a widget token for a person in the store that these tokens share with other processes. */
  countMint: CountMint
  /** A request was refused: becomes a `refusal` event. `user` where it was known who asked. */
  refused(refusal: {
    code: WidgetTokenProblemCode
    status: number
    user: { sub: string; tenant?: string | undefined } | undefined
  }): void
}

/** The hook of tokens of this package. */
export function createEndpointHook(parts: {
  settings: Parameters<typeof createMintCounts>[0]
  names: CacheNames
  observer: Observer
}): EndpointHook {
  const { settings, names, observer } = parts
  const { clock } = settings
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    countMint: createMintCounts(settings, (reason) =>
      observer.emit({ type: 'cache_failure', operation: 'limit', reason }),
    ),
    refused({ code, status, user }) {
      if (!observer.listening) return
      const subject = user && names.subjectNow(user)
      observer.emit({ type: 'refusal', user: subject && observer.nameOf(subject), code, status })
    },
  }
}

/**
 * Why these tokens can mint for nobody, where that is known at once. Next to {@link endpointHook}, because tokens that are
 * made at their first use (Next) must not be made by asking.
 */
export const mintProblem: unique symbol = Symbol.for('@tesouro-tokens/mint-problem')

export function mintProblemOfTokens(tokens: object): string | undefined {
  const problem: unknown = Reflect.get(tokens, mintProblem)
  return typeof problem === 'string' ? problem : undefined
}

export function hookOf(tokens: TesouroTokens): Partial<EndpointHook> {
  return (tokens as { [endpointHook]?: Partial<EndpointHook> })[endpointHook] ?? {}
}

/** Reports a refusal; the report must never change the answer. */
export function tellRefusal(
  tokens: TesouroTokens | undefined,
  refusal: { code: WidgetTokenProblemCode; status: number; user: TesouroUser | undefined },
): void {
  if (tokens === undefined) return
  const { code, status, user } = refusal
  try {
    hookOf(tokens).refused?.({
      code,
      status,
      user: typeof user?.sub === 'string' ? { sub: user.sub, tenant: user.tenant ?? undefined } : undefined,
    })
  } catch {
    // a listener that throws harms nothing
  }
}
