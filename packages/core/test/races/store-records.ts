import type { ForgetRequest, TokenCache } from '../../src/index.js'
import type { Random } from './random.js'
import type { SimulatedTime } from './simulated-time.js'

export type TokenKey = Parameters<TokenCache['get']>[0]

const recordForMs = 600_000
const repeatableForMs = 60_000
const keptAliveMs = 300_000

interface Value {
  readonly value: string
  readonly until: number
}

interface Person {
  readonly generation: string
  until: number
  readonly values: Map<string, Value>
  readonly logouts: Map<string, { readonly until: number; readonly dropped: readonly Value[] }>
}

/** What a store holds of everybody, by the rules of the `TokenCache` contract. */
export class StoreRecords {
  readonly #time: SimulatedTime
  readonly #random: Random
  readonly #people = new Map<string, Person>()
  /** What was kept here last. */
  #last: { readonly key: TokenKey; readonly value: string } | undefined

  constructor({ time, random }: { time: SimulatedTime; random: Random }) {
    this.#time = time
    this.#random = random
  }

  /** Every value, with its person. */
  values(): { subject: string; value: string }[] {
    const now = this.#time.now
    return [...this.#people].flatMap(([subject, { values, until }]) =>
      [...values.values()]
        .filter((each) => until > now && each.until > now)
        .map(({ value }) => ({ subject, value })),
    )
  }

  wipe(): void {
    this.#people.clear()
  }

  evict(subject: string): void {
    this.#people.delete(subject)
  }

  holds(subject: string): boolean {
    return this.#find(subject) !== undefined
  }

  generationOf(subject: string): string | undefined {
    return this.#find(subject)?.generation
  }

  get canPutBack(): boolean {
    return this.#last !== undefined
  }

  /** Somebody who may write to the store puts back the value that was kept last, and keeps it alive. */
  putBack(): void {
    if (this.#last === undefined) return
    const { key, value } = this.#last
    const { generation } = this.get(key)
    this.set(key, value, { until: this.#time.now + keptAliveMs, generation })
  }

  get({ subject, variant }: TokenKey): Awaited<ReturnType<TokenCache['get']>> {
    const now = this.#time.now
    const person = this.#find(subject) ?? this.#begin(subject, `0.${this.#random.uuid()}`)
    if (person.until - now < recordForMs / 2) person.until = now + recordForMs
    const { generation } = person
    const found = person.values.get(variant)
    if (found === undefined || found.until <= now) return { generation }
    return { value: found.value, remainingMs: found.until - now, generation }
  }

  set(key: TokenKey, value: string, { until, generation }: { until: number; generation: string }): boolean {
    const person = this.#find(key.subject)
    if (person?.generation !== generation) return false
    person.values.set(key.variant, { value, until })
    this.#last = { key, value }
    person.until = Math.max(person.until, until)
    return true
  }

  delete({ subject, variant }: TokenKey): void {
    this.#find(subject)?.values.delete(variant)
  }

  forget(subject: string, { id, renewal = false }: ForgetRequest): string[] {
    const now = this.#time.now
    const before = this.#find(subject)
    const alive = (values: Iterable<Value>): Value[] => [...values].filter(({ until }) => until > now)
    const logouts = new Map([...(before?.logouts ?? [])].filter(([, { until }]) => until > now))
    const repeated = logouts.get(id)
    if (repeated !== undefined) return alive(repeated.dropped).map(({ value }) => value)
    const dropped = alive(before?.values.values() ?? [])
    logouts.set(id, { until: now + repeatableForMs, dropped })
    const [part = ''] = (before?.generation ?? `0.${this.#random.uuid()}`).split('~')
    // The same logout once more, after the minute, makes another generation than the first time.
    const made = `${id}.${now}`
    this.#begin(subject, renewal ? `${part}~${made}` : made, logouts)
    return dropped.map(({ value }) => value)
  }

  #find(subject: string): Person | undefined {
    const found = this.#people.get(subject)
    return found !== undefined && found.until > this.#time.now ? found : undefined
  }

  #begin(subject: string, generation: string, logouts: Person['logouts'] = new Map()): Person {
    const person = { generation, until: this.#time.now + recordForMs, values: new Map(), logouts }
    this.#people.set(subject, person)
    return person
  }
}
