import type { JsonValue } from '../user.js'

/**
 * Writes extra members as form parameters: text as it is, numbers and booleans as text, a list of those as the same
 * parameter several times (as RFC 8693 §2.1 has it for `audience` and `resource`), anything deeper as JSON text.
 * `null` is left out: a parameter without a value counts as omitted (RFC 6749 §3.1).
 */
export function toForm(members: { readonly [name: string]: JsonValue } | undefined): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(members ?? {})) {
    if (value === null) continue
    const values: readonly JsonValue[] = isFlatList(value) ? value : [value]
    for (const one of values) form.append(name, isPlain(one) ? String(one) : JSON.stringify(one))
  }
  return form
}

/** Values of members that are secrets by their name, such as `actor_token` and `client_assertion`. */
export function secretMembers(members: { readonly [name: string]: JsonValue } | undefined): string[] {
  return Object.entries(members ?? {}).flatMap(([name, value]) =>
    /(token|secret|assertion|password|key)$/i.test(name) && typeof value === 'string' ? [value] : [],
  )
}

const isPlain = (value: JsonValue): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const isFlatList = (value: JsonValue): value is readonly JsonValue[] =>
  Array.isArray(value) && value.every((one: JsonValue) => isPlain(one))
