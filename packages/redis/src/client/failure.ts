import { CacheUnavailableError } from '@tesouro-tokens/core'

/** Refusals that do not get better by waiting, with their repair. Everything else may be tried again. */
const lasting: readonly { refusal: RegExp; message: string }[] = [
  {
    refusal: /^(?:NOPERM|ERR The user executing the script can't|ERR ACL failure in script)/,
    message:
      'Redis refuses this user a command, a key or a channel: give the user the ACL rights that the README of @tesouro-tokens/redis lists',
  },
  {
    refusal: /^ERR unknown (?:redis )?command/i,
    message:
      'Redis refuses scripts, or a command in them: the server must allow EVAL, EVALSHA and the commands that the README of @tesouro-tokens/redis lists, under their own names',
  },
  {
    refusal: /^WRONGTYPE/,
    message:
      'Redis holds data of another application under a name of the cache: give one of the two another keyPrefix',
  },
]

/**
 * The error of a client without anything of what was sent: ioredis, for one, puts the command with all its
 * arguments into it, and an argument may be a token.
 */
export function failure(error: unknown): CacheUnavailableError {
  const text = error instanceof Error ? error.message : ''
  const found = lasting.find(({ refusal }) => refusal.test(text))
  if (found !== undefined) return new CacheUnavailableError(found.message, { retryable: false })
  return new CacheUnavailableError(`Redis could not be asked: ${nameOf(error)}`)
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // The server's refusals begin with a word in capital letters: OOM, READONLY, CLUSTERDOWN, …
  const [refusal] = /^[A-Z]{2,20}(?= )/.exec(error.message) ?? []
  const code = 'code' in error ? error.code : undefined
  const candidates = [refusal, code, error.constructor.name, error.name]
  const isName = (word: unknown): word is string => typeof word === 'string' && /^\w{1,60}$/.test(word)
  return candidates.find(isName) ?? 'unknown'
}
