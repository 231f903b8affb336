import { type Action, closeInstance, commandsOf, get } from './commands.js'
import { bundleCore, type CoreProcess, type SourceChange, startProcess, webCrypto } from './core-program.js'
import type { Happening } from './happenings.js'
import { Names, people, sessions } from './names.js'
import { Random } from './random.js'
import { SimulatedTime } from './simulated-time.js'
import type { Violation } from './witness.js'
import { optionsOf, plainUser, type Scene, sceneOf, World } from './world.js'

/** One order of events, as it went. */
export interface Order {
  readonly seed: number
  readonly scene: Scene
  /** What was decided, in order. */
  readonly decisions: readonly string[]
  readonly violations: readonly Violation[]
  /** Decisions that could not be carried out. */
  readonly skipped: number
  /** The states that were gone through, as hashes. */
  readonly states: readonly number[]
}

const timeSteps = [
  [1, 0.3],
  [60, 0.8],
  [300, 0.8],
  [1_200, 0.6],
  [2_500, 0.2],
  [5_000, 0.4],
  [21_000, 0.25],
  [82_000, 0.5],
  [96_000, 0.15],
  [310_000, 0.15],
] as const
const mostSteps = 3_000

/** Explores orders of events on core, or on a copy of it with one place changed. */
export class Explorer {
  readonly #programs: readonly CoreProcess[]
  readonly #names: Names
  readonly #subjects: readonly string[]
  readonly #without: ReadonlySet<string>

  private constructor(parts: {
    programs: readonly CoreProcess[]
    names: Names
    subjects: readonly string[]
    without: ReadonlySet<string>
  }) {
    this.#programs = parts.programs
    this.#names = parts.names
    this.#subjects = parts.subjects
    this.#without = parts.without
  }

  /** `without`: rules that are not looked at. */
  static async of(change?: SourceChange, without: readonly string[] = []): Promise<Explorer> {
    const bundle = await bundleCore(change)
    const programs = ['P', 'Q'].map((name) => startProcess(name, bundle))
    const { names, subjects } = await learnNames(programs)
    return new Explorer({ programs, names, subjects, without: new Set(without) })
  }

  /** Draws an order, and carries it out. */
  async draw(seed: number): Promise<Order> {
    return this.#explore({ seed, scene: sceneOf(seed) }, undefined)
  }

  /** Carries out an order that was drawn before, or what is left of it. */
  async replay({ seed, scene, decisions }: Pick<Order, 'seed' | 'scene' | 'decisions'>): Promise<Order> {
    return this.#explore({ seed, scene }, decisions)
  }

  async #explore(
    { seed, scene }: { seed: number; scene: Scene },
    decisions: readonly string[] | undefined,
  ): Promise<Order> {
    const world = new World(seed, {
      scene,
      programs: this.#programs,
      names: this.#names,
      subjects: this.#subjects,
      without: this.#without,
    })
    const run = new Run(world)
    const order =
      decisions === undefined ? await run.draw(new Random(seed ^ 0xdec1de)) : await run.replay(decisions)
    await run.finish()
    const { violations } = world.witness
    return { seed, scene, ...order, violations, states: run.states }
  }
}

/** One order of events while it happens. */
class Run {
  readonly states: number[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  async draw(random: Random): Promise<Pick<Order, 'decisions' | 'skipped'>> {
    const decisions: string[] = []
    let commandsLeft = this.#world.scene.commands
    const length = commandsLeft * 4
    while (decisions.length < length && !this.#isBroken) {
      const commands = commandsLeft > 0 ? commandsOf(this.#world) : []
      const action = random.weighted([...commands, ...this.#happenings(), ...this.#timeSteps()])
      if (commands.includes(action)) commandsLeft -= 1
      decisions.push(action.name)
      await this.#do(action)
    }
    return { decisions, skipped: 0 }
  }

  async replay(decisions: readonly string[]): Promise<Pick<Order, 'decisions' | 'skipped'>> {
    let skipped = 0
    for (const name of decisions) {
      if (this.#isBroken) break
      const all = [...commandsOf(this.#world), ...this.#happenings(), ...this.#timeSteps()]
      const action = all.find((each) => each.name === name)
      if (action === undefined) skipped += 1
      else await this.#do(action)
    }
    return { decisions, skipped }
  }

  get #isBroken(): boolean {
    return this.#world.witness.violations.length > 0
  }

  /** Lets everything end that is under way, looks at what is left, and closes all. */
  async finish(): Promise<void> {
    const { instances, processes, scene, store, witness } = this.#world
    for (const process of processes) {
      if (process.standsStill) witness.stoodStill(process.name)
      process.standsStill = false
      store?.reach(process.name)
    }
    await this.#calmDown()
    if (!this.#isBroken) {
      await this.#passQuietly(12_000)
      for (const instance of instances.filter(({ isClosed }) => !isClosed)) {
        for (const session of scene.sessions) {
          witness.step += 1
          get(this.#world, instance, session)
          await settled()
        }
      }
      await this.#calmDown()
      this.#lookIntoStore()
      if (store !== undefined) witness.checkRecorded()
    }
    witness.step += 1
    for (const instance of instances.filter(({ isClosed }) => !isClosed)) closeInstance(this.#world, instance)
    await settled()
    await this.#calmDown()
    this.#lookForRemains()
  }

  /** Everything that is ready happens as it should, and time passes where somebody waits for it. */
  async #calmDown(): Promise<void> {
    const { happenings, time, witness } = this.#world
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const [next] = happenings.ready
      if (next !== undefined) await this.#happen(next, next.fates[0])
      else if (witness.calls.every(({ isOver }) => isOver)) return
      else {
        const timer = time.next(Number.POSITIVE_INFINITY, () => true)
        if (timer === undefined) {
          for (const call of witness.calls.filter(({ isOver }) => !isOver)) {
            witness.break('deadline', `a ${call.kind} of ${call.instance} waits for nothing`)
            call.isOver = true
          }
          return
        }
        await this.#pass(Math.max(0, timer.due - time.now))
      }
    }
    witness.break('quiet', 'it never becomes quiet')
  }

  /** Time passes in which everything that is ready happens at once, as it should. */
  async #passQuietly(ms: number): Promise<void> {
    const { happenings, time } = this.#world
    const end = time.now + ms
    for (let steps = 0; steps < mostSteps && time.now < end; steps += 1) {
      const [next] = happenings.ready
      if (next !== undefined) await this.#happen(next, next.fates[0])
      else await this.#pass(Math.min(time.next(end, () => true)?.due ?? end, end) - time.now || 1)
    }
    await this.#calmDown()
  }

  #lookIntoStore(): void {
    const { store, names, platform, witness } = this.#world
    for (const { subject, value } of store?.values() ?? []) {
      const [, text = ''] = /"accessToken":"([^"]+)"/.exec(value) ?? []
      const token = platform.tokens.get(text)
      if (token === undefined) continue
      const late = witness.logouts.find(
        ({ person, began, recordedAt }) =>
          person === names.of(subject) && recordedAt !== undefined && token.step < began,
      )
      if (late !== undefined) witness.break('logout', `${text} can be read in the store after a logout`)
    }
  }

  #lookForRemains(): void {
    const { happenings, instances, platform, store, time, witness } = this.#world
    for (const { name } of instances) witness.checkClosed(name)
    if (time.timers.length > 0) witness.break('nothing left', `${time.timers.length} timers are left`)
    if (store !== undefined && store.listeners > 0)
      witness.break('nothing left', 'the store has listeners left')
    if (platform.underWay > 0) witness.break('nothing left', `${platform.underWay} requests are left`)
    if (happenings.ready.length > 0) witness.break('nothing left', 'something is still to happen')
  }

  #happenings(): Action[] {
    const { happenings, scene } = this.#world
    return happenings.ready
      .filter(({ process }) => this.#world.runs(process))
      .flatMap((happening) =>
        happening.fates
          .filter(({ ordinary }) => ordinary || scene.faults > 0)
          .map((fate) => ({
            name: `${happening.name} ${fate.name}`,
            weight: fate.ordinary ? 3 : 0.4 * scene.faults,
            run: () => this.#begin(happening, fate),
          })),
      )
  }

  #timeSteps(): Action[] {
    const { time } = this.#world
    const steps: Action[] = timeSteps.map(([ms, weight]) => ({
      name: `${ms} ms pass`,
      weight,
      run: () => {
        this.#passing = ms
      },
    }))
    const timer = time.next(Number.POSITIVE_INFINITY, (process) => this.#world.runs(process))
    if (timer !== undefined) {
      const run = (): void => {
        this.#passing = Math.max(0, timer.due - time.now)
      }
      steps.push({ name: 'time passes until the next timer', weight: 1, run })
    }
    return steps
  }

  #passing = 0

  async #do(action: Action): Promise<void> {
    const { witness } = this.#world
    witness.step += 1
    this.#passing = 0
    action.run()
    await settled()
    if (this.#passing > 0) await this.#pass(this.#passing)
    this.#note()
  }

  #begin(happening: Happening, fate: Happening['fates'][number]): void {
    const { happenings, witness } = this.#world
    happenings.take(happening)
    if (happening.waiting !== undefined) witness.answeredByStore(happening.waiting)
    fate.run()
  }

  async #happen(happening: Happening, fate: Happening['fates'][number] | undefined): Promise<void> {
    if (fate === undefined) return
    this.#world.witness.step += 1
    this.#begin(happening, fate)
    await settled()
  }

  /** Time goes on, timers fire in their order, and what has to have happened by then happens. */
  async #pass(ms: number): Promise<void> {
    const { happenings, time, witness } = this.#world
    const end = time.now + ms
    const runs = (process: string): boolean => this.#world.runs(process)
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const due = happenings.ready.find(
        ({ latest, process }) => latest !== undefined && latest <= end && this.#world.runs(process),
      )
      const timer = time.next(Math.min(end, due?.latest ?? end), runs)
      if (timer !== undefined) {
        this.#goTo(timer.due)
        witness.step += 1
        time.fire(timer)
        await settled()
      } else if (due !== undefined) {
        this.#goTo(due.latest ?? end)
        await this.#happen(due, due.fates[0])
      } else break
    }
    this.#goTo(end)
    await settled()
  }

  #goTo(moment: number): void {
    const { happenings, time, witness } = this.#world
    const ms = moment - time.now
    if (ms <= 0) return
    time.now = moment
    witness.passed(ms, (process) => this.#world.runs(process))
    // A store that takes its time uses up what a call may spend on it.
    for (const { waiting, since } of happenings.ready) {
      if (waiting !== undefined && time.now - since > 50) witness.failed(waiting)
    }
  }

  /** Which states were seen: what is ready, and what is under way, whoever it concerns. */
  #note(): void {
    const { happenings, time, witness } = this.#world
    const ready = happenings.ready.map(({ name }) => name.replace(/ #\d+$|\d+/g, '')).sort()
    const calls = witness.calls.filter(({ isOver }) => !isOver).map(({ kind, instance }) => kind + instance)
    this.states.push(hashOf(`${ready} ${calls.sort()} ${time.timers.length}`))
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** Everything has run that needs neither time nor a decision. */
async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (webCrypto.underWay > 0)
}

/** Which hashes stand for whom: a store is told of nothing else. */
async function learnNames(programs: readonly CoreProcess[]): Promise<{ names: Names; subjects: string[] }> {
  const [program] = programs
  const names = new Map<string, string>()
  if (program === undefined) return { names: new Names(names), subjects: [] }
  program.surroundings = { time: new SimulatedTime(), random: new Random(0) }
  const { core } = program
  for (const session of sessions) {
    const tokens = core.createTesouroTokens({
      ...optionsOf({ clock: { now: () => 0, monotonic: () => 0 } }),
      subjectToken: core.unsecuredSubjectToken(),
      fetch: async () => new Response(null, { status: 500 }),
      retry: false,
      cache: {
        get: async ({ subject, variant }) => {
          names.set(subject, session.person).set(variant, session.label)
          return { generation: '1' }
        },
        set: async () => true,
        delete: async () => {},
        forget: async () => [],
      },
    })
    await tokens
      .getUserAccessToken({ ...plainUser(session), subjectToken: async () => 'none' })
      .catch(() => {})
    await tokens.close()
  }
  const subjects = [...names].filter(([, name]) => people.includes(name)).map(([hash]) => hash)
  return { names: new Names(names), subjects }
}

/** Looks for the smallest order that still breaks the same rule. */
export async function minimised(explorer: Explorer, order: Order): Promise<Order> {
  const rule = order.violations[0]?.rule
  let smallest = order
  for (
    let size = Math.ceil(order.decisions.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < smallest.decisions.length; ) {
      const { decisions } = smallest
      const fewer = [...decisions.slice(0, from), ...decisions.slice(from + size)]
      const tried = await explorer.replay({ ...order, decisions: fewer })
      if (tried.violations[0]?.rule === rule) smallest = tried
      else from += size
    }
  }
  return smallest
}

/** An order as a list that a person can read. */
export function toText({ seed, decisions, violations }: Order): string {
  const list = decisions.map((decision, index) => `${String(index + 1).padStart(4)}. ${decision}`)
  const broken = violations.slice(0, 3).map(({ rule, what }) => `  → ${rule}: ${what}`)
  return [`seed ${seed}`, ...list, ...broken].join('\n')
}
