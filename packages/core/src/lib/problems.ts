import { ConfigurationError } from '../errors.js'

/** Gathers what is wrong, so that one error can tell all of it. */
export interface Problems {
  /** Adds a problem with an option. `text` follows its name and never holds the value. */
  add(option: string, text: string): void
  /** Adds problems that are worded already. */
  include(problems: readonly string[]): void
  /** Whether there are any. */
  readonly any: boolean
  /** All of them as one error. `hint` follows them: what to do about all together. */
  error(hint?: string): ConfigurationError
}

/** `nameOf` gives the name under which the reader knows an option: an environment variable's, for example. */
export function createProblems(nameOf: (option: string) => string = (option) => option): Problems {
  const found: string[] = []
  return {
    add: (option, text) => {
      found.push(`${nameOf(option)}: ${text}`)
    },
    include: (problems) => {
      found.push(...problems)
    },
    get any() {
      return found.length > 0
    },
    error: (hint) => new ConfigurationError(found, { hint }),
  }
}
