/** The code of a failed `fetch`, such as `ECONNREFUSED`: the one thing about a foreign error that may be shown. */
export function networkCode(error: unknown): string | undefined {
  for (const holder of [error, property(error, 'cause')]) {
    const code = property(holder, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  }
  return undefined
}

function property(value: unknown, name: 'cause' | 'code'): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
