import type { NodeRedisClient } from '../../src/index.js'

/** A command or an answer on its way between a process and Redis. It goes on when the explorer says so. */
export interface Step {
  readonly name: string
  readonly fates: readonly { readonly name: string; readonly run: () => Promise<void> | void }[]
}

/** Is told what a script has answered, and with what it was asked. */
export type Ran = (answer: unknown, args: readonly string[]) => void

interface Given {
  keys: string[]
  arguments: string[]
}

/** Everything that is on its way. */
export class Steps {
  readonly #ready = new Set<Step>()

  get ready(): readonly Step[] {
    return [...this.#ready]
  }

  take(step: Step): void {
    this.#ready.delete(step)
  }

  /**
   * A client for one operation: every script waits until it may reach Redis, and its answer until it may arrive. `ran` is
   * told what a script has answered in the moment in which it has run.
   */
  clientFor(client: NodeRedisClient, name: string, ran: Ran): NodeRedisClient {
    return new Proxy(client, {
      get: (target, member) => {
        if (member === 'eval')
          return () =>
            Promise.reject(new Error('Redis did not know a script, and its text would go past the explorer'))
        if (member === 'evalSha') {
          return (sha1: string, options: Given) =>
            this.#through(name, async () => {
              const answer = await target.evalSha(sha1, options)
              ran(answer, options.arguments)
              return answer
            })
        }
        const found: unknown = Reflect.get(target, member)
        return typeof found === 'function' ? found.bind(target) : found
      },
    })
  }

  #through(name: string, run: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lose = (): void => reject(new Error('the connection broke'))
      const execute = async (then: (answer: Promise<unknown>) => void): Promise<void> => {
        const answer = run()
        await answer.catch(() => {})
        then(answer)
      }
      const hold = (answer: Promise<unknown>): void => {
        const fates = [
          { name: 'arrives', run: () => resolve(answer) },
          { name: 'is lost', run: lose },
        ]
        this.#ready.add({ name: `answer to ${name}`, fates })
      }
      const fates = [
        { name: 'is done', run: () => execute(resolve) },
        { name: 'reaches Redis', run: () => execute(hold) },
        { name: 'is lost', run: lose },
      ]
      this.#ready.add({ name, fates })
    })
  }
}
