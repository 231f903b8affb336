import type { LeaseOutcome, TesouroTokensErrorCode } from '@tesouro-tokens/core'

/** What another process left. Something that this version cannot read says nothing: whoever waits goes alone. */
export function readOutcome(json: string | undefined): LeaseOutcome {
  const outcome = parse(json)
  if (outcome.stored === true) return { stored: true }
  const failed = asObject(outcome.failed)
  const { code, kind, status, error, retryAfterSeconds } = failed
  if (typeof code !== 'string' || (kind !== 'passing' && kind !== 'user' && kind !== 'client')) {
    return { notCacheable: true }
  }
  return {
    failed: {
      code: code as TesouroTokensErrorCode,
      kind,
      ...(typeof status === 'number' && { status }),
      ...(typeof error === 'string' && { error }),
      ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    },
  }
}

function parse(json: string | undefined): { readonly [name: string]: unknown } {
  try {
    return asObject(JSON.parse(json ?? ''))
  } catch {
    return {}
  }
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : {}
}
