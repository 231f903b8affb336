import type { Lease, TokenCache } from '@tesouro-tokens/core'
import { list, number, text } from '../../src/client/reply.js'
import { type NodeRedisClient, redisTokenCache } from '../../src/index.js'
import type { Model } from './model.js'
import type { Ran, Steps } from './steps.js'

const ttlMs = 60_000

/** Operations of processes on one person, each of which tells the model what its scripts have answered. */
export class Operations {
  /** Leases that were given and not released. */
  readonly leases: { readonly owner: number; readonly lease: Lease }[] = []
  /** Logouts that were begun, and can be tried again. */
  readonly logouts: { readonly id: string; readonly renewal: boolean }[] = []
  underWay = 0
  readonly #model: Model
  readonly #steps: Steps
  readonly #clients: ReadonlyMap<string, NodeRedisClient>
  readonly #subject: string
  /** The generation that each process read last. */
  readonly #known = new Map<string, string>()
  #count = 0

  constructor(parts: {
    model: Model
    steps: Steps
    clients: ReadonlyMap<string, NodeRedisClient>
    subject: string
  }) {
    this.#model = parts.model
    this.#steps = parts.steps
    this.#clients = parts.clients
    this.#subject = parts.subject
  }

  get(process: string, variant: string): void {
    const cache = this.#cacheOf(process, `read ${variant}`, (answer) => {
      const [value, , generation = null] = list(answer)
      this.#model.read(variant, text(value), text(generation) ?? '')
    })
    this.#run(async () => {
      const { generation } = await cache.get(this.#key(variant))
      this.#known.set(process, generation)
    })
  }

  set(process: string, variant: string): void {
    const generation = this.#known.get(process)
    if (generation === undefined) return
    const value = `${variant} ${this.#count + 1}`
    let stored: string | undefined
    const cache = this.#cacheOf(process, `keep ${value}`, (answer) => {
      if (!/^(stored|refused|over)$/.test(text(answer) ?? '')) return // the time
      stored = text(answer)
      this.#model.write(variant, value, generation, stored)
    })
    this.#run(async () => {
      const isStored = await cache.set(this.#key(variant), value, { ttlMs, generation })
      this.#model.expect('told right', `keep ${value}`, isStored, stored === 'stored')
    })
  }

  delete(process: string, variant: string): void {
    const cache = this.#cacheOf(process, `drop ${variant}`, () => this.#model.remove(variant))
    this.#run(() => cache.delete(this.#key(variant)))
  }

  /** `again`: which of the logouts before; `undefined`: a new one. */
  forget(process: string, renewal: boolean, again?: number): void {
    const known = again === undefined ? undefined : this.logouts[again]
    const logout = known ?? { id: `logout-${this.logouts.length + 1}`, renewal }
    if (known === undefined) this.logouts.push(logout)
    const { id } = logout
    let wanted: string[] | undefined
    const what = logout.renewal ? 'renewal' : 'logout'
    const cache = this.#cacheOf(process, `${what} ${id}`, (answer, [, , fresh]) => {
      if (!Array.isArray(answer)) {
        this.#model.published += 1
        return
      }
      const [done, dropped] = list(answer)
      if (number(done) !== 1) return
      wanted = list(dropped)
        .flatMap((value) => text(value) ?? [])
        .sort()
      this.#model.forget(logout, fresh, wanted)
    })
    this.#run(async () => {
      const dropped = await cache.forget(this.#subject, logout)
      this.#model.expect('told right', `${what} ${id}`, dropped.sort(), wanted)
    })
  }

  lease(process: string, variant: string, waited: boolean): void {
    const owner = this.#count + 1
    const name = `${waited ? 'wait for' : 'ask for'} the lease ${variant}`
    const cache = this.#cacheOf(process, name, (answer, [, asked = '', ...isTake]) => {
      if (isTake.length > 0) this.#model.take(variant, waited, owner, text(list(answer)[0]))
      else if (asked.startsWith('{')) this.#model.end(variant, owner, answer)
      else this.#model.extend(variant, owner, answer)
    })
    this.#run(async () => {
      const answer = await cache.lease?.(this.#key(variant), ttlMs, { waited })
      if (answer !== undefined && 'held' in answer) this.leases.push({ owner, lease: answer.held })
    })
  }

  renewLease(index: number): void {
    this.#run(async () => void (await this.leases[index]?.lease.renew(ttlMs)))
  }

  release(index: number): void {
    this.#run(async () => this.leases[index]?.lease.release({ stored: true }))
  }

  #key(variant: string): { subject: string; variant: string } {
    return { subject: this.#subject, variant }
  }

  #cacheOf(process: string, name: string, ran: Ran): TokenCache {
    const client = this.#clients.get(process)
    if (client === undefined) throw new Error(`there is no process ${process}`)
    this.#count += 1
    const told = `${process} asks Redis: ${name} #${this.#count}`
    return redisTokenCache({ client: this.#steps.clientFor(client, told, ran), keys: false })
  }

  /** Lost commands and answers reject: that is all that may. */
  #run(work: () => Promise<unknown>): void {
    this.underWay += 1
    const over = (): void => {
      this.underWay -= 1
    }
    work().then(over, (error: unknown) => {
      over()
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : String(error)
      this.#model.expect('our errors', 'an operation rejected', code, 'cache_unavailable')
    })
  }
}
