import type { IAsyncPropertyWithHooks } from 'fast-check'

/** A parser of foreign input, and what holds whatever it is given. */
export interface Fuzzer {
  readonly name: string
  property(): IAsyncPropertyWithHooks<unknown>
}

/** Fails a property, with what was seen. */
export function hold(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}
