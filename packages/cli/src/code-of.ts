/**
 * The code of what went wrong on the way, such as `ECONNREFUSED`. Of several addresses that were tried in vain, that of the
 * first. Never the message: it may repeat what was sent.
 */
export function codeOf(error: unknown): string {
  const { code, errors } = Object(error)
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : 'unknown'
}
