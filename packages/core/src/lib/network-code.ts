import { errorMembers } from './error-members.js'

/** The code of a failed `fetch`, such as `ECONNREFUSED`: the one thing about a foreign error that may be shown. */
export function networkCode(error: unknown): string | undefined {
  const { code: own, cause } = errorMembers(error)
  const { code: inner, message } = errorMembers(cause)
  for (const code of [own, inner]) {
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  }
  // undici has no code for a port that the Fetch standard blocks, and a listener there would look alive
  return message === 'bad port' ? 'BAD_PORT' : undefined
}
