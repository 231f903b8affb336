import type { TesouroTokens, TokenCache } from '../../src/index.js'
import type { CoreProcess } from './core-program.js'
import type { CallFact } from './facts.js'
import { Happenings } from './happenings.js'
import type { Names, Session } from './names.js'
import { type Granted, Platform, subjectTokenOf } from './platform.js'
import { Random } from './random.js'
import type { Scene, Wrapping } from './scene.js'
import { SimulatedTime } from './simulated-time.js'
import { Store } from './store.js'
import { Witness } from './witness.js'

export const clientIds: readonly [string, string] = ['client-1', 'client-2']
const sealingKey = '5a'.repeat(32)

/** One `createTesouroTokens` in one process. */
export interface Instance {
  readonly name: string
  readonly process: SimulatedProcess
  readonly tokens: TesouroTokens
  isClosed: boolean
  /** What the application does when it is told of the next event. */
  atNextEvent: (() => void) | undefined
}

/** A process with its own clock, which can stand still. */
export class SimulatedProcess {
  readonly name: string
  readonly program: CoreProcess
  standsStill = false
  skewMs = 0
  sleptMs = 0
  readonly #time: SimulatedTime

  constructor(program: CoreProcess, time: SimulatedTime) {
    this.name = program.name
    this.program = program
    this.#time = time
  }

  readonly clock = {
    now: (): number => this.#time.now + this.skewMs,
    monotonic: (): number => this.#time.now - 1_799_000_000_000 - this.sleptMs,
  }
}

/** Everything that an order of events happens to, and the one who watches. */
export class World {
  readonly time = new SimulatedTime()
  readonly happenings: Happenings = new Happenings(this.time)
  readonly witness: Witness
  readonly platform: Platform
  readonly store: Store | undefined
  readonly processes: readonly SimulatedProcess[]
  readonly instances: readonly Instance[]
  readonly scene: Scene
  readonly names: Names
  /** The hashes of all people. */
  readonly subjects: readonly string[]
  /** The client id that the secret manager tells now. */
  clientId: string = clientIds[0]
  /** The token that each session was last given. */
  readonly lastTokens = new Map<string, string>()

  constructor(
    seed: number,
    {
      scene,
      programs,
      names,
      subjects,
      without,
    }: {
      scene: Scene
      programs: readonly CoreProcess[]
      names: Names
      subjects: readonly string[]
      without: ReadonlySet<string>
    },
  ) {
    const random = new Random(seed ^ 0x5eed)
    const { time, happenings } = this
    this.scene = scene
    this.names = names
    this.subjects = subjects
    this.witness = new Witness({ time, names, without, rotates: scene.rotates })
    this.platform = new Platform({ time, happenings, watcher: this.witness })
    for (const program of programs) program.surroundings = { time, random }
    const isShared = scene.caches !== 'memory'
    this.processes = programs.slice(0, isShared ? 2 : 1).map((program) => new SimulatedProcess(program, time))
    const watcher = this.witness
    const { garbled } = scene
    this.store = isShared ? new Store({ time, random, happenings, names, watcher, garbled }) : undefined
    this.instances = this.#makeInstances()
  }

  runs(process: string | undefined): boolean {
    return !this.processes.some(({ name, standsStill }) => name === process && standsStill)
  }

  #makeInstances(): Instance[] {
    const { scene, store } = this
    const [first, second] = this.processes
    if (first === undefined) return []
    if (scene.caches === 'memory' || store === undefined || second === undefined) {
      const cache = first.program.core.memoryTokenCache()
      return ['a', 'b'].map((name) => this.#makeInstance(name, first, cache))
    }
    if (scene.rotates || scene.isFull) {
      const cache = wrapped(first, store.open(first.name, scene), scene.caches[0])
      return [this.#makeInstance('a', first, cache)]
    }
    const [ofA, ofB, ofC] = scene.caches
    const { leases, hears } = scene
    const here = store.open(first.name, { leases, hears })
    const there = store.open(second.name, { leases, hears })
    const cacheOfA = wrapped(first, here, ofA)
    const cacheOfB = ofB === ofA ? cacheOfA : wrapped(first, here, ofB)
    return [
      this.#makeInstance('a', first, cacheOfA),
      this.#makeInstance('b', first, cacheOfB),
      this.#makeInstance('c', second, wrapped(second, there, ofC)),
    ]
  }

  #makeInstance(name: string, process: SimulatedProcess, cache: TokenCache): Instance {
    const { core } = process.program
    const tokens = core.createTesouroTokens({
      ...optionsOf(process),
      ...(this.scene.rotates
        ? { credentials: () => this.#credentials(name, process), credentialsMaxAgeSeconds: 1 }
        : credentialsOf(clientIds[0])),
      cache,
      retry: this.scene.retries ? { attempts: 3 } : false,
      ...(this.scene.listens && { onEvent: () => this.#tell(name) }),
      fetch: this.platform.fetchFor(process.name),
      subjectToken: core.subjectTokenFrom(() => {
        throw new Error('every user brings a subject token')
      }),
    })
    const instance: Instance = { name, process, tokens, isClosed: false, atNextEvent: undefined }
    return instance
  }

  #tell(name: string): void {
    const instance = this.instances?.find((each) => each.name === name)
    const act = instance?.atNextEvent
    // Who is closed logs nobody out any longer, and says so.
    if (instance === undefined || act === undefined || instance.isClosed) return
    instance.atNextEvent = undefined
    this.witness.step += 1
    act()
  }

  #credentials(name: string, { name: process }: SimulatedProcess): Promise<Credentials> {
    return new Promise((resolve, reject) => {
      const fates = [
        { name: 'arrive', ordinary: true, run: () => resolve(credentialsOf(this.clientId)) },
        { name: 'fail', ordinary: false, run: () => reject(new Error('the secret manager is down')) },
      ]
      this.happenings.add(`credentials for ${name}`, fates, { process })
    })
  }

  /** The user of one call: whoever asks for a subject token names the call. */
  userOf(call: CallFact): {
    sub: string
    email: string
    variant: string
    subjectToken: () => Promise<string>
  } {
    const { person, label } = call
    return {
      ...plainUser({ person, label }),
      subjectToken: () => this.#subjectToken(call),
    }
  }

  #subjectToken(call: CallFact): Promise<string> {
    const { person, label, process } = call
    this.witness.signed(process, call)
    return new Promise((resolve, reject) => {
      const sign = (): void => {
        const now = this.processes.find(({ name }) => name === process)?.clock.now() ?? 0
        const exp = Math.floor(now / 1_000) + 600
        resolve(subjectTokenOf({ sub: person, email: emailOf(person), exp, session: label, call: call.id }))
      }
      const fates = [
        { name: 'is done', ordinary: true, run: sign },
        { name: 'fails', ordinary: false, run: () => reject(new Error('the provider is down')) },
      ]
      this.happenings.add(`the provider signs for ${label} in ${process}`, fates, { process })
    })
  }

  granted(text: string): Granted | undefined {
    return this.platform.tokens.get(text)
  }
}

function wrapped({ program: { core } }: SimulatedProcess, store: TokenCache, how: Wrapping): TokenCache {
  const sealed = how.startsWith('sealed') ? core.encryptedTokenCache(store, { keys: [sealingKey] }) : store
  return how.endsWith('layered') ? core.layeredTokenCache({ shared: sealed }) : sealed
}

const emailOf = (person: string): string => `${person}@bank.example`

export function plainUser({ person, label }: Session): { sub: string; email: string; variant: string } {
  return { sub: person, email: emailOf(person), variant: label }
}

export function optionsOf({ clock }: { clock: SimulatedProcess['clock'] }) {
  return {
    baseUrl: 'https://platform.example',
    requestsPerSecond: false,
    revocationPath: '/v1/auth/revoke',
    clock,
  } as const
}

interface Credentials {
  clientId: string
  clientSecret: string
  widgetSecret: string
}

export function credentialsOf(clientId: string): Credentials {
  const widgetSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef0123456789abcdef'
  return { clientId, clientSecret: `secret-of-${clientId}`, widgetSecret }
}
