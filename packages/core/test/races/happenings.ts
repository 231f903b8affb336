import type { SimulatedTime } from './simulated-time.js'

/** Something that is ready to happen, in one of several ways. The explorer decides when, and which. */
export interface Happening {
  /** How it is told: who, what and which of several. */
  readonly name: string
  /** Whose event loop it needs; `undefined`: none. */
  readonly process: string | undefined
  /** The process that waits for it; `undefined`: none. */
  readonly waiting: string | undefined
  /** Since when it is ready, by the true time. */
  readonly since: number
  /** By the true time it has happened. */
  latest: number | undefined
  readonly fates: readonly Fate[]
}

/** One way in which it can happen. The first one of a list is the ordinary one. */
export interface Fate {
  readonly name: string
  /** Whether it is what happens while nothing fails. */
  readonly ordinary: boolean
  readonly run: () => void
}

/** Everything that is ready to happen. */
export class Happenings {
  readonly #ready = new Set<Happening>()
  readonly #counts = new Map<string, number>()
  readonly #time: SimulatedTime

  constructor(time: SimulatedTime) {
    this.#time = time
  }

  get ready(): readonly Happening[] {
    return [...this.#ready]
  }

  /** Names are numbered, so that two of the same name can be told apart. */
  add(
    name: string,
    fates: readonly Fate[],
    { process, waiting, latest }: { process?: string; waiting?: string; latest?: number } = {},
  ): Happening {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    const since = this.#time.now
    const happening = { name: `${name} #${count}`, process, waiting, since, latest, fates }
    this.#ready.add(happening)
    return happening
  }

  /** Takes it away: it happens now, or never. */
  take(happening: Happening): void {
    this.#ready.delete(happening)
  }
}
