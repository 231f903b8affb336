import type { CryptoKey, KeyObject } from 'jose'

/** Objects of the runtime. `KeyObject` has no global name. */
interface Kinds {
  CryptoKey: CryptoKey
  KeyObject: KeyObject
  Request: Request
  URL: URL
}

/**
 * Whether a value is an object of that kind. By what it calls itself, because test runners and libraries have classes of
 * their own; and by the runtime's class, because on workers before the compatibility date 2024-09-26 nothing tells its kind.
 */
export function isKind<Kind extends keyof Kinds>(value: unknown, kind: Kind): value is Kinds[Kind] {
  if (Object.prototype.toString.call(value) === `[object ${kind}]`) return true
  const own = (globalThis as { [name: string]: unknown })[kind]
  return typeof own === 'function' && value instanceof own
}

/** `instanceof` for what somebody else has thrown: a proxy whose traps throw is none. */
export function isInstance<Value>(
  value: unknown,
  type: abstract new (...args: never) => Value,
): value is Value {
  try {
    return value instanceof type
  } catch {
    return false
  }
}
