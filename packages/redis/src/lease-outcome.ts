import type { LeaseOutcome, TesouroTokensErrorCode } from '@tesouro-tokens/core'

/** What another process left. Something that this version cannot read says nothing: whoever waits goes alone. */
export function readOutcome(json: string | undefined): LeaseOutcome {
  const outcome = parse(json)
  if (outcome.stored === true) return { stored: true }
  const { code, retryAfterSeconds } = asObject(outcome.failed)
  if (typeof code !== 'string') return { notCacheable: true }
  const failed = { code: code as TesouroTokensErrorCode }
  return {
    failed: typeof retryAfterSeconds === 'number' ? { ...failed, retryAfterSeconds } : failed,
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
