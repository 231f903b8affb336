import { CacheUnavailableError } from '@tesouro-tokens/core'

/**
 * The error of a client without anything of what was sent: ioredis, for one, puts the command with all its
 * arguments into it, and an argument may be a token.
 */
export function failure(error: unknown): CacheUnavailableError {
  return new CacheUnavailableError(`Redis could not be asked: ${nameOf(error)}`)
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // The server's refusals begin with a word in capital letters: OOM, READONLY, CLUSTERDOWN, …
  const [refusal] = /^[A-Z]{2,20}(?= )/.exec(error.message) ?? []
  const { code, name } = error as Error & { code?: unknown }
  const candidates = [refusal, code, error.constructor.name, name]
  return candidates.find((word) => typeof word === 'string' && /^\w{1,60}$/.test(word)) as string
}
