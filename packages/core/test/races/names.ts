/** A session of a person: one variant. */
export interface Session {
  readonly person: string
  readonly label: string
}

/** Readable names for the hashes under which core keeps things. */
export class Names {
  readonly #names: ReadonlyMap<string, string>

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names
  }

  of(hash: string): string {
    return this.#names.get(hash) ?? 'somebody'
  }
}

/** Anna is signed in twice: a logout ends both. */
export const sessions: readonly Session[] = [
  { person: 'anna', label: 'anna/desk' },
  { person: 'anna', label: 'anna/phone' },
  { person: 'bert', label: 'bert/desk' },
]

export const people: readonly string[] = ['anna', 'bert']
