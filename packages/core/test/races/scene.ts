import { people, type Session, sessions } from './names.js'
import { Random } from './random.js'

export type Wrapping = 'plain' | 'layered' | 'sealed' | 'sealed layered'
const wrappings: readonly Wrapping[] = ['plain', 'layered', 'layered', 'sealed', 'sealed layered']

/** What an order of events happens to. A seed decides it. */
export interface Scene {
  /** One memory cache and no store; or what stands before the store, for each instance. */
  readonly caches: 'memory' | readonly [Wrapping, Wrapping, Wrapping]
  readonly leases: boolean
  readonly hears: boolean
  readonly retries: boolean
  /** Whether applications listen to events, and may log people out from there. */
  readonly listens: boolean
  /** Whether what the store tells of failures elsewhere makes no sense. */
  readonly garbled: boolean
  /** Whether the platform refuses many exchanges. */
  readonly refuses: boolean
  /** Whether the client id changes, and changes back: then there is one instance alone. */
  readonly rotates: boolean
  /** Whether the store is full: it answers, and takes few new values. Then there is one instance alone. */
  readonly isFull: boolean
  /** Whether everybody has a token when it begins. */
  readonly warm: boolean
  /** Whether all ask for one token at once when it begins. */
  readonly together: boolean
  readonly sessions: readonly Session[]
  readonly people: readonly string[]
  /** How often things fail, in comparison. */
  readonly faults: number
  readonly commands: number
}

export function sceneOf(seed: number): Scene {
  const random = new Random(seed)
  const first = random.pick(wrappings)
  const isPair = random.chance(0.4)
  const caches = [first, isPair ? random.pick(wrappings) : first, first] as const
  const alone = random.chance(0.6)
  const refuses = random.chance(0.15)
  const isMemory = random.chance(0.12)
  const scene: Scene = {
    caches: isMemory ? 'memory' : caches,
    leases: random.chance(refuses ? 0.95 : 0.7),
    hears: random.chance(0.5),
    retries: random.chance(0.4),
    ...random.pick([
      { warm: true, together: false },
      { warm: false, together: true },
      { warm: false, together: refuses },
      { warm: true, together: false },
      { warm: false, together: false },
    ]),
    listens: random.chance(0.2),
    garbled: random.chance(refuses ? 0.6 : 0.1),
    sessions: alone ? sessions.slice(0, 1) : sessions,
    people: alone ? people.slice(0, 1) : people,
    faults: random.pick([0, 0.3, 1, 2.5]),
    commands: 3 + random.below(14),
    refuses,
    rotates: random.chance(0.06) && !isMemory,
    isFull: random.chance(0.08) && !isMemory,
  }
  // What a full store could not take is in memory alone.
  return scene.isFull ? { ...scene, warm: true } : scene
}
