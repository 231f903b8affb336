/** Whether a value is an object that has these methods. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  const methods = value as { readonly [name: string]: unknown }
  return names.every((name) => typeof methods[name] === 'function')
}
