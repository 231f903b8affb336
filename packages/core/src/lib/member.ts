/** A member of the object or of its class, and nothing that somebody has put on every object's prototype. */
export function member(given: object, name: string): unknown {
  for (let owner = given; ; ) {
    if (Object.hasOwn(owner, name)) return Reflect.get(given, name)
    const next: unknown = Object.getPrototypeOf(owner)
    if (typeof next !== 'object' || next === null || Object.getPrototypeOf(next) === null) return undefined
    owner = next
  }
}

/**
 * The members that an object has itself, with no prototype behind them: what another library has put on every object was
 * not given.
 */
export function ownMembers<Given extends object>(given: Given | undefined): Given {
  return Object.assign(Object.create(null), given)
}
