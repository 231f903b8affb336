import { bundleCore, type CoreProcess, type SourceChange, startProcess } from './core-program.js'
import type { Violation } from './facts.js'
import { learnNames } from './learn-names.js'
import type { Names } from './names.js'
import { Run } from './run.js'
import { type Scene, sceneOf } from './scene.js'
import { World } from './world.js'

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
    if (scene.warm) await run.warmUp()
    const order = decisions === undefined ? await run.draw(seed) : await run.replay(decisions)
    await run.finish()
    const { violations } = world.witness
    return { seed, scene, ...order, violations, states: run.states }
  }
}
