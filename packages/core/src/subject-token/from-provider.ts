import { outsideAsyncContext } from '#runtime'
import { ConfigurationError } from '../errors.js'
import type { SubjectTokenPurpose, SubjectTokenSource, SubjectTokenUser } from './source.js'

/** Gives a JWT for a user, from the partner's own OIDC provider for example. */
export type SubjectTokenProvider = (
  user: SubjectTokenUser,
  context: { signal: AbortSignal; purpose: SubjectTokenPurpose },
) => string | Promise<string>

/**
 * Subject tokens made elsewhere. The function works only from `user`: it runs outside any request, since one
 * exchange serves many callers at once. It has 5 s; `signal` is aborted when no caller waits any longer. Its answer
 * must be a signed JWT of at most 8 KiB whose `sub` and `email` are the user's. It must live for at least 30 s for
 * an exchange, and 300 s for a widget token.
 *
 * @throws ConfigurationError when given no function
 *
 * @example
 * ```ts
 * import { subjectTokenFrom } from '@tesouro-tokens/core'
 *
 * export const subjectToken = subjectTokenFrom(async (user, { signal }) => {
 *   const answer = await fetch(`https://login.bank.example/tokens/${encodeURIComponent(user.sub)}`, { signal })
 *   return answer.text()
 * })
 * ```
 */
export function subjectTokenFrom(provider: SubjectTokenProvider): SubjectTokenSource {
  if (typeof provider !== 'function') {
    throw new ConfigurationError(['subjectTokenFrom: needs a function that returns a JWT for a user'])
  }
  return Object.freeze({
    unsecured: false,
    foreign: true,
    ready: async () => {},
    create: async (user, { signal = new AbortController().signal, purpose }) =>
      outsideAsyncContext(() => provider(user, { signal, purpose })),
  } satisfies SubjectTokenSource)
}
