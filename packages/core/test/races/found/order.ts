import { sessions } from '../names.js'
import type { Scene } from '../scene.js'

/** An order that broke a rule once. */
export interface FoundOrder {
  /** What went wrong. */
  readonly name: string
  readonly seed: number
  readonly scene: Scene
  readonly decisions: readonly string[]
}

/** A scene in which nothing goes wrong, for the parts that an order does not need. */
export const scene: Scene = {
  caches: 'memory',
  leases: true,
  hears: true,
  retries: false,
  warm: false,
  together: false,
  listens: false,
  garbled: false,
  refuses: false,
  rotates: false,
  isFull: false,
  sessions: sessions.slice(0, 1),
  people: ['anna'],
  faults: 0,
  commands: 0,
}
