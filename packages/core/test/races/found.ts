import { people, sessions } from './names.js'
import type { Scene } from './scene.js'

/** An order that broke a rule once. */
export interface FoundOrder {
  /** What went wrong. */
  readonly name: string
  readonly seed: number
  readonly scene: Scene
  readonly decisions: readonly string[]
}

const scene: Scene = {
  caches: 'memory',
  leases: true,
  hears: true,
  retries: false,
  warm: false,
  together: false,
  listens: false,
  garbled: false,
  sessions: sessions.slice(0, 1),
  people: ['anna'],
  faults: 0,
  commands: 0,
}

/** Every order that ever broke a rule of core, in its smallest form. */
export const found: readonly FoundOrder[] = [
  {
    name: 'a slow revocation was taken for a cache that does not record a logout',
    seed: 580,
    scene,
    decisions: [
      "a gets anna/desk's token",
      'the provider signs for anna/desk in P #1 is done',
      'P exchanges for anna/desk #1 is done',
      'a forgets anna and revokes',
      '2500 ms pass',
    ],
  },
  {
    name: "another instance's logout did not revoke a token that the store could not take",
    seed: 24780,
    scene: { ...scene, caches: ['sealed', 'layered', 'sealed'], hears: false },
    decisions: [
      "a gets anna/desk's token",
      '300 ms pass',
      'the provider signs for anna/desk in P #1 is done',
      'P exchanges for anna/desk #1 is done',
      'b forgets anna and revokes',
    ],
  },
  {
    name: 'what the store had answered before a renewal was kept after it, and served',
    seed: 4962,
    scene: {
      ...scene,
      caches: ['sealed layered', 'layered', 'sealed layered'],
      warm: true,
      sessions,
      people,
    },
    decisions: ['a fetches as bert/desk', 'a renews bert', 'P asks the store: read bert/desk #5 reaches it'],
  },
  {
    name: 'a process that stood still while it wrote to the store gave a token whose life was over',
    seed: 5370,
    scene: { ...scene, caches: ['sealed', 'sealed', 'sealed'], hears: false, warm: true, faults: 2.5 },
    decisions: [
      'a mints for anna/desk',
      'the store evicts anna',
      "everybody gets anna/desk's token",
      '5000 ms pass',
      'time passes until the next timer',
      "a gets anna/desk's token",
      'P asks the store: read anna/desk #5 is done',
      'P asks the store: lease anna/desk #2 is done',
      'P asks the store: read anna/desk #6 fails',
      'the provider signs for anna/desk in P #4 is done',
      'P exchanges for anna/desk #2 is done',
      'P stands still',
      '310000 ms pass',
    ],
  },
]
