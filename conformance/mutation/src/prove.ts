import { build, restoreBuild, seesBuilds } from './builds.js'
import type { Removal } from './defence.js'
import { type Outcome, runTests, testOf } from './run-tests.js'
import type { WorkspaceCopy } from './workspace-copy.js'

/** Tests of one removal, with and without it. */
export interface Proof {
  readonly threat: string
  readonly removal: Removal
  /** Linked files that hold nothing, and why. */
  readonly unproven: readonly string[]
}

/** Tests take less: the slowest, with the build of an application, takes four minutes on a busy machine. */
const limitMs = 600_000
const quickLimitMs = 120_000

/** Proves removals in a copy: the linked tests are green without the change, and red with it. */
export class Prover {
  readonly #copy: WorkspaceCopy
  readonly #green = new Map<string, Outcome>()

  constructor(copy: WorkspaceCopy) {
    this.#copy = copy
  }

  async prove(threat: string, removal: Removal): Promise<Proof> {
    const tests = [...new Set(removal.redIn.map(testOf))]
    await this.#lookWithout(tests.filter((test) => !this.#green.has(test)))
    const outcomes = await this.#copy.changed(removal, () => this.#runChanged(removal, tests))
    const unproven = removal.redIn.flatMap((link) => {
      const test = testOf(link)
      if (this.#green.get(test) !== 'green') return [`${link} is ${this.#green.get(test)} without the change`]
      const outcome = outcomes.get(test)
      return outcome === 'red' ? [] : [`${link} is ${outcome ?? 'broken'}`]
    })
    return { threat, removal, unproven }
  }

  async #lookWithout(tests: readonly string[]): Promise<void> {
    if (tests.length === 0) return
    for (const [test, outcome] of await runTests(this.#copy.path, tests)) this.#green.set(test, outcome)
    // A busy machine can make one late: it gets a second try.
    const again = tests.filter((test) => this.#green.get(test) !== 'green')
    if (again.length === 0) return
    for (const [test, outcome] of await runTests(this.#copy.path, again)) this.#green.set(test, outcome)
  }

  async #runChanged({ file }: Removal, tests: readonly string[]): Promise<Map<string, Outcome>> {
    const isBuilt = tests.some(seesBuilds) && file.includes('/src/')
    if (!isBuilt) return runTests(this.#copy.path, tests, limitOf(tests))
    try {
      const problem = build(this.#copy, file)
      if (problem === undefined) return await runTests(this.#copy.path, tests, limitMs)
      console.error(problem)
      return new Map()
    } finally {
      restoreBuild(this.#copy, file)
    }
  }
}

function limitOf(tests: readonly string[]): number {
  return tests.every((test) => test.startsWith('packages/core/')) ? quickLimitMs : limitMs
}
