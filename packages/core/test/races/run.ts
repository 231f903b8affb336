import { closeInstance, get } from './calls.js'
import { type Action, commandsOf } from './commands.js'
import type { Order } from './explorer.js'
import type { Happening } from './happenings.js'
import { Random } from './random.js'
import { settled } from './settled.js'
import { hashOf, tasteOf } from './taste.js'
import type { World } from './world.js'

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

/** One order of events while it happens. */
export class Run {
  readonly states: number[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Everybody has a token when it begins; where the store is full, in memory alone. */
  async warmUp(): Promise<void> {
    const { instances, scene, witness } = this.#world
    for (const instance of instances) {
      for (const session of scene.sessions) {
        witness.step += 1
        get(this.#world, instance, session)
        await settled()
        await this.#calmDown(scene.isFull)
      }
    }
    witness.step += 1
  }

  async draw(seed: number): Promise<Pick<Order, 'decisions' | 'skipped'>> {
    const random = new Random(seed ^ 0xdec1de)
    const taste = tasteOf(seed)
    const decisions: string[] = []
    let commandsLeft = this.#world.scene.commands
    const length = commandsLeft * 4
    while (decisions.length < length && !this.#isBroken) {
      const all = commandsLeft > 0 ? commandsOf(this.#world) : []
      const isFirst = this.#world.scene.together && decisions.length === 0
      const commands = isFirst ? all.filter(({ name }) => name.startsWith('everybody')) : all
      const happenings = this.#happenings()
      // So that commands come between what they cause, and not all at once.
      const isCommand = isFirst || (commands.length > 0 && random.chance(happenings.length > 0 ? 0.3 : 0.6))
      const others = [...happenings, ...this.#timeSteps()]
      const action = random.weighted(
        isCommand ? commands : others,
        ({ name, weight }) => weight * taste(name),
      )
      if (isCommand) commandsLeft -= 1
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

  /** Everything that is ready happens as it should, or all but keeping, and time passes where somebody waits for it. */
  async #calmDown(keepsNothing = false): Promise<void> {
    const { happenings, time, witness } = this.#world
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const [next] = happenings.ready
      if (next !== undefined) {
        const isNotKept = keepsNothing && next.name.includes(': keep ')
        await this.#happen(
          next,
          next.fates.find(({ name }) => !isNotKept || name === 'fails'),
        )
      } else if (witness.calls.every(({ isOver }) => isOver)) return
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
    for (const { subject, value } of store?.records.values() ?? []) {
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
          .filter((fate) => fate.ordinary || scene.faults > 0 || this.#favoured(happening, fate) > 0)
          .map((fate) => ({
            name: `${happening.name} ${fate.name}`,
            weight: fate.ordinary
              ? 3
              : 0.4 *
                  (scene.faults * (/: forget|: keep|told to|exchanges for/.test(happening.name) ? 4 : 1)) +
                this.#favoured(happening, fate),
            run: () => this.#begin(happening, fate),
          })),
      )
  }

  /** How much more often than elsewhere something fails in scenes that are made for that. */
  #favoured(happening: Happening, { name }: Happening['fates'][number]): number {
    const { refuses, isFull } = this.#world.scene
    if (refuses && name.startsWith('refuses the')) return 8
    return isFull && name === 'fails' && happening.name.includes(': keep ') ? 8 : 0
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
    if (this.#besidesPlatform !== undefined) {
      const name = 'everything but the platform goes smoothly'
      steps.push({ name, weight: 1.5, run: () => {}, isSmooth: true })
    }
    return steps
  }

  /** Something that is ready and does not concern the platform. */
  get #besidesPlatform(): Happening | undefined {
    return this.#world.happenings.ready.find(
      ({ name, process }) => !/ (exchanges for|sends with|revokes) /.test(name) && this.#world.runs(process),
    )
  }

  #passing = 0

  async #do(action: Action): Promise<void> {
    const { witness } = this.#world
    witness.step += 1
    this.#passing = 0
    action.run()
    await settled()
    if (action.isSmooth) await this.#goSmoothly()
    if (this.#passing > 0) await this.#pass(this.#passing)
    this.#note()
  }

  /** So that orders come to the platform at all: a call has a dozen steps, and each may go wrong. */
  async #goSmoothly(): Promise<void> {
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const next = this.#besidesPlatform
      if (next === undefined) return
      await this.#happen(next, next.fates[0])
    }
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
