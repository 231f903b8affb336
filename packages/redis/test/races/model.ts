import type { Violation } from '../../../core/test/races/facts.js'

interface ModelLease {
  readonly generation: string
  /** When it was given. */
  readonly at: number
  readonly owner: number
  outcome: boolean
  /** When the outcome was left, by this machine's clock. */
  endedAt: number
}

/** An outcome is kept for two seconds of Redis's clock: after that much time it may be gone. */
const outcomeForMs = 1_500

/** What Redis must hold of one person after each script, and what each script must answer. */
export class Model {
  readonly violations: Violation[] = []
  /** How many logouts and renewals were published. */
  published = 0
  #generation: string | undefined
  readonly #values = new Map<string, string>()
  /** By the clock of this machine, which is that of Redis. */
  #evictedAt = 0
  /** Values whose record was evicted: nobody is served them. */
  readonly #evicted = new Set<string>()
  readonly #logouts = new Set<string>()
  /** What each logout has dropped, which outlives the record. */
  readonly #dropped = new Map<string, string[]>()
  readonly #leases = new Map<string, ModelLease>()

  expect(rule: string, what: string, found: unknown, wanted: unknown): void {
    const [told, meant] = [JSON.stringify(found), JSON.stringify(wanted)]
    if (told !== meant) this.violations.push({ rule, what: `${what}: ${told} instead of ${meant}` })
  }

  /** The record of the person has been evicted. What comes later has a later moment. */
  evict(): void {
    for (const deletedAt = Date.now(); Date.now() === deletedAt; );
    this.#evictedAt = Date.now()
    this.#generation = undefined
    for (const value of this.#values.values()) this.#evicted.add(value)
    this.#values.clear()
    this.#logouts.clear()
  }

  flush(): void {
    this.evict()
    this.#dropped.clear()
    this.#leases.clear()
  }

  read(variant: string, value: string | undefined, told: string): void {
    const generation = withoutMoments(told)
    this.#generation ??= generation.startsWith('0.') ? generation : 'one that begins with 0.'
    this.expect('generation', `read ${variant}`, generation, this.#generation)
    this.expect('value', `read ${variant}`, value, this.#values.get(variant))
  }

  write(variant: string, value: string, generation: string, answer: string | undefined): void {
    const fits = withoutMoments(generation) === this.#generation && this.#isFrom(generation)
    this.expect('nothing from before a logout', `keep ${value}`, answer, fits ? 'stored' : 'refused')
    if (fits) this.#values.set(variant, value)
  }

  remove(variant: string): void {
    this.#values.delete(variant)
  }

  /** A logout's script has run, and says what it has dropped. */
  forget(
    { id, renewal }: { id: string; renewal: boolean },
    fresh: string | undefined,
    found: string[],
  ): void {
    const before = this.#dropped.get(id) ?? []
    const isRepeated = this.#logouts.has(id)
    const wanted = isRepeated ? before : [...before, ...this.#values.values()]
    // One that had named its values before the record was evicted drops those as well.
    const more = isRepeated
      ? []
      : found.filter((value) => this.#evicted.has(value) && !wanted.includes(value))
    this.expect('dropped', `logout ${id}`, found, [...wanted, ...more].sort())
    this.#dropped.set(id, found)
    if (isRepeated) return
    const [part = fresh] = this.#generation?.split('~') ?? []
    this.#generation = renewal ? `${part}~${id}` : id
    this.#values.clear()
    this.#logouts.add(id)
  }

  /** What asking for a lease must answer. */
  take(variant: string, waited: boolean, owner: number, state: string | undefined): void {
    const lease = this.#current(variant)
    const isOver = lease?.outcome === true && Date.now() - lease.endedAt > outcomeForMs
    const wanted = lease === undefined ? 'held' : lease.outcome ? (waited ? 'outcome' : 'held') : 'busy'
    if (!(isOver && state === 'held')) this.expect('one lease', `lease ${variant}`, state, wanted)
    if (state !== 'held') return
    const generation = this.#generation ?? ''
    this.#leases.set(variant, { generation, at: Date.now(), owner, outcome: false, endedAt: 0 })
  }

  extend(variant: string, owner: number, answer: unknown): void {
    const isMine = this.#current(variant)?.owner === owner && this.#current(variant)?.outcome === false
    this.expect('one lease', `renew the lease ${variant}`, answer, isMine ? 1 : 0)
  }

  end(variant: string, owner: number, answer: unknown): void {
    const lease = this.#current(variant)
    const isMine = lease?.owner === owner && !lease.outcome
    this.expect('one lease', `release the lease ${variant}`, answer, isMine ? 1 : 0)
    if (isMine) Object.assign(lease, { outcome: true, endedAt: Date.now() })
  }

  #current(variant: string): ModelLease | undefined {
    const lease = this.#leases.get(variant)
    if (lease?.generation !== (this.#generation ?? '')) return undefined
    return lease.generation === '' || lease.at >= this.#evictedAt ? lease : undefined
  }

  /** Whether a generation is of this record: the same logout makes another one after an eviction. */
  #isFrom(generation: string): boolean {
    return Number(/\.(\d{13})$/.exec(generation)?.[1] ?? Infinity) >= this.#evictedAt
  }
}

/** A generation without the moments of its logout and renewal: no id comes twice here. */
function withoutMoments(generation: string): string {
  return generation.replace(/\.\d{13}(?=~|$)/g, '')
}
