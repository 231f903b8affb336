import { createHash } from 'node:crypto'
import type { Violation } from '../../../core/test/races/facts.js'
import { Random } from '../../../core/test/races/random.js'
import type { NodeRedisClient } from '../../src/index.js'
import { Model } from './model.js'
import { Operations } from './operations.js'
import { Steps } from './steps.js'

/** One order of scripts and answers, as it went. */
export interface Order {
  readonly seed: number
  readonly decisions: readonly string[]
  readonly violations: readonly Violation[]
  /** Decisions that could not be carried out. */
  readonly skipped: number
}

/** What the explorer asks of Redis beside the scripts. */
export interface Operator {
  evict(subject: string): Promise<void>
  flush(): Promise<void>
  /** Every message about this person that was published so far. */
  heardOf(subject: string): Promise<number>
}

interface Action {
  readonly name: string
  readonly weight: number
  readonly run: () => Promise<void> | void
}

const variants = ['desk', 'phone'] as const
const mostCommands = 12

/** Explores orders in which the scripts of two processes reach one Redis. */
export class RedisExplorer {
  readonly #clients: ReadonlyMap<string, NodeRedisClient>
  readonly #operator: Operator
  #orders = 0

  constructor(clients: ReadonlyMap<string, NodeRedisClient>, operator: Operator) {
    this.#clients = clients
    this.#operator = operator
  }

  draw(seed: number): Promise<Order> {
    return this.#explore(seed, undefined)
  }

  replay({ seed, decisions }: Pick<Order, 'seed' | 'decisions'>): Promise<Order> {
    return this.#explore(seed, decisions)
  }

  async #explore(seed: number, decisions: readonly string[] | undefined): Promise<Order> {
    this.#orders += 1
    const subject = createHash('sha256').update(`${process.pid} ${seed} ${this.#orders}`).digest('hex')
    const [model, steps] = [new Model(), new Steps()]
    const operations = new Operations({ model, steps, clients: this.#clients, subject })
    const run = new Run({ model, steps, operations, subject, operator: this.#operator })
    const order = decisions === undefined ? await run.draw(new Random(seed)) : await run.replay(decisions)
    await run.finish()
    return { seed, ...order, violations: model.violations }
  }
}

interface Parts {
  model: Model
  steps: Steps
  operations: Operations
  subject: string
  operator: Operator
}

/** One order while it happens. */
class Run {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async draw(random: Random): Promise<Pick<Order, 'decisions' | 'skipped'>> {
    const decisions: string[] = []
    let commandsLeft = 3 + random.below(mostCommands)
    while (this.#parts.model.violations.length === 0) {
      const ready = this.#steps()
      const commands = commandsLeft > 0 ? this.#commands() : []
      if (ready.length + commands.length === 0) break
      const isCommand = ready.length === 0 || (commands.length > 0 && random.chance(0.35))
      const action = random.weighted(isCommand ? commands : ready, ({ weight }) => weight)
      if (isCommand) commandsLeft -= 1
      decisions.push(action.name)
      await this.#do(action)
    }
    return { decisions, skipped: 0 }
  }

  async replay(decisions: readonly string[]): Promise<Pick<Order, 'decisions' | 'skipped'>> {
    let skipped = 0
    for (const name of decisions) {
      if (this.#parts.model.violations.length > 0) break
      const action = [...this.#commands(), ...this.#steps()].find((each) => each.name === name)
      if (action === undefined) skipped += 1
      else await this.#do(action)
    }
    return { decisions, skipped }
  }

  /** Lets everything end, reads what is left, and counts what was published. */
  async finish(): Promise<void> {
    const { model, operations, operator, steps, subject } = this.#parts
    for (const variant of variants) operations.get('P', variant)
    await settled()
    for (let [first] = steps.ready; first !== undefined; [first] = steps.ready) {
      steps.take(first)
      await first.fates[0]?.run()
      await settled()
    }
    model.expect('every operation settles', 'under way at the end', operations.underWay, 0)
    model.expect('announced', 'logouts heard', await operator.heardOf(subject), model.published)
  }

  #steps(): Action[] {
    const { steps } = this.#parts
    return steps.ready.flatMap((step) =>
      step.fates.map(({ name, run }) => ({
        name: `${step.name} ${name}`,
        weight: name === 'is lost' ? 0.3 : 2,
        run: () => {
          steps.take(step)
          return run()
        },
      })),
    )
  }

  #commands(): Action[] {
    const { model, operations, operator, subject } = this.#parts
    const actions: Action[] = []
    const add = (name: string, weight: number, run: Action['run']): void =>
      void actions.push({ name, weight, run })
    for (const process of ['P', 'Q']) {
      for (const variant of variants) {
        add(`${process} reads ${variant}`, 2, () => operations.get(process, variant))
        add(`${process} keeps ${variant}`, 2, () => operations.set(process, variant))
        add(`${process} drops ${variant}`, 0.3, () => operations.delete(process, variant))
        for (const waited of [false, true]) {
          const name = `${process} ${waited ? 'waits for' : 'asks for'} the lease ${variant}`
          add(name, 0.5, () => operations.lease(process, variant, waited))
        }
      }
      add(`${process} forgets`, 1.2, () => operations.forget(process, false))
      add(`${process} renews`, 0.6, () => operations.forget(process, true))
      for (const [index, { id, renewal }] of operations.logouts.entries()) {
        add(`${process} tries ${id} again`, 0.5, () => operations.forget(process, renewal, index))
      }
    }
    for (const [index, { owner }] of operations.leases.entries()) {
      add(`the owner renews lease ${owner}`, 0.5, () => operations.renewLease(index))
      add(`the owner releases lease ${owner}`, 0.7, () => operations.release(index))
    }
    add('the record is evicted', 0.25, () => operator.evict(subject).then(() => model.evict()))
    add('Redis is emptied', 0.08, () => operator.flush().then(() => model.flush()))
    return actions
  }

  async #do(action: Action): Promise<void> {
    await action.run()
    await settled()
  }
}

/** What an answer lets go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
