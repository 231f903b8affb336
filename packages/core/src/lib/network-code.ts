/** The code of a failed `fetch`, such as `ECONNREFUSED`: the one thing about a foreign error that may be shown. */
export function networkCode(error: unknown): string | undefined {
  for (const holder of [error, property(error, 'cause')]) {
    const code = property(holder, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  }
  // undici has no code for a port that the Fetch standard blocks, and a listener there would look alive
  return property(property(error, 'cause'), 'message') === 'bad port' ? 'BAD_PORT' : undefined
}

function property(value: unknown, name: 'cause' | 'code' | 'message'): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  } catch {
    return undefined // a getter or a proxy that throws
  }
}
