import { LRU } from 'tiny-lru'
import { UserForgottenError } from '../../errors.js'
import type { TokenKey } from '../../identity/token-key.js'
import { type Clock, elapsedMs, type Moment, momentOf, systemClock } from '../../lib/clock.js'
import { Recent } from '../../lib/recent.js'
import {
  type Copy,
  isUnknownGeneration,
  type Keeper,
  loggedOutBetween,
  type Mark,
  Person,
  type PersonStart,
  renewedGeneration,
} from './person.js'

/** How often a person's generation is compared where no store reports logouts. */
const compareEveryMs = 1_000
/**
 * How long a copy is served that cannot be compared: a logout elsewhere takes effect then at the latest. After that a
 * generation proves nothing of what went before either: stores forget a logout after ten minutes.
 */
const uncomparedForMs = 300_000
/** How long a logout that is tried again receives what it dropped the first time. */
const repeatedWithinMs = 60_000
/** So many people are kept at least, whatever number of tokens. */
const leastPeople = 1_000

/** So many of the generations before logouts are kept. */
const mostBefore = 8
const noLogout = { order: 0, recording: undefined, logoutId: undefined, generationsBefore: [] } as const

/** What this process holds for one store, by person. */
export class People {
  /** Whether logouts elsewhere are heard. Without, a comparison is good for a second. */
  hears = false
  /** Whether they are known to arrive at this moment, where the store can say so. */
  hearsNow: (() => boolean) | undefined
  /** How many logouts there were. A call keeps the number with which it began. */
  logouts = 0
  /** How often the store was asked. A call keeps the number with which it began. */
  asked = 0
  clock: Clock = systemClock
  /** Without a bound of its own: see `#trim`. */
  readonly #people = new LRU<Person>()
  readonly #copies = new LRU<Copy>(1)
  /** When logouts may have been missed. Those that are too old to matter are only counted. */
  readonly #doubts: Moment[] = []
  #doubtsRaised = 0
  #records = 0
  /** What each logout or renewal of the last minute has dropped, by person and id. */
  readonly #dropped = new Recent<readonly Copy[]>(repeatedWithinMs)

  constructor() {
    this.#copies.onEvict(({ value: copy }: { value: Copy }) => detach(copy))
  }

  /** Whether a logout elsewhere would be heard now. */
  get #hearsAll(): boolean {
    return this.hears && this.hearsNow?.() !== false
  }

  /** Whether every logout of this person has been heard, as far as this process knows. */
  hasHeard(subject: string): boolean {
    return this.#hearsAll && this.#isUndoubted(this.of(subject).compared)
  }

  /** So many tokens are kept at least. */
  holdAtLeast(maxTokens: number): void {
    this.#copies.max = Math.max(this.#copies.max, maxTokens)
  }

  of(subject: string): Person {
    return this.#people.get(subject) ?? this.#start(subject)
  }

  /** Takes the number of a logout in the moment in which it is called, before it is known whom it concerns. */
  nextLogout(): number {
    this.logouts += 1
    return this.logouts
  }

  /**
   * A logout: puts a new record in the old one's place, and ends what is under way for the old one. Returns the copies
   * that were dropped. The same `id` again, within a minute, changes nothing and returns the same. `order`: the number
   * that the logout took when it was called; a logout that was heard has none.
   */
  forget(subject: string, { id, order }: { id: string; order?: number | undefined }): readonly Copy[] {
    const repeated = this.#droppedBy(subject, id)
    if (repeated !== undefined) return repeated
    const before = this.#people.peek(subject)
    const told = order === undefined || before?.told === undefined ? [] : [before.told]
    this.#start(subject, {
      order: order ?? this.nextLogout(),
      recording: before?.recording,
      logoutId: id,
      generationsBefore: [...(before?.generationsBefore ?? []), ...told].slice(-mostBefore),
    })
    if (before !== undefined) {
      before.over = true
      for (const each of [...(before.underWay ?? [])]) each.end(new UserForgottenError())
    }
    return this.#dropAll(subject, before, id)
  }

  /** Whether this process made that logout itself, or has heard of it. */
  knows(subject: string, id: string): boolean {
    return this.#people.peek(subject)?.logoutId === id || this.#droppedBy(subject, id) !== undefined
  }

  /** A renewal: drops the copies, lets calls under way go on, and lets nobody join them any longer. */
  renew(subject: string, { id }: { id: string }): readonly Copy[] {
    const repeated = this.#droppedBy(subject, id)
    if (repeated !== undefined) return repeated
    const person = this.of(subject)
    person.own = renewedGeneration(person.own, id)
    person.generation = undefined
    person.changed = true
    person.exchanges = undefined
    person.reads = undefined
    person.failures = undefined
    return this.#dropAll(subject, person, id)
  }

  /** The store did not take a token because its generation is another one: nothing from before counts any longer. */
  distrust(person: Person): void {
    this.#takeCopies(person)
    person.generation = undefined
    person.changed = true
  }

  /** Logouts may have been missed: everybody has to be compared once more. */
  doubt(): void {
    this.#doubts.push(momentOf(this.clock))
    this.#doubtsRaised += 1
    while (this.#doubts[0] !== undefined && !this.#isWithin(this.#doubts[0], uncomparedForMs)) {
      this.#doubts.shift()
    }
  }

  mark(): Mark {
    this.asked += 1
    return { number: this.asked, at: momentOf(this.clock), doubts: this.#doubtsRaised }
  }

  /** Whether an answer tells a generation that was out of date before it came: one to a later question has told another. */
  isOvertaken(person: Person, generation: string, asked: Mark): boolean {
    return asked.number < person.compared.number && (person.told ?? generation) !== generation
  }

  /** The store has told the generation: copies from another one, or not compared for too long, are dropped. */
  compare(person: Person, generation: string, asked: Mark): void {
    const heardAll = this.hears && this.#isUndoubted(person.compared)
    // What a store has lost while logouts may have been missed can be a logout; a renewal since then is one.
    const hasOnlyLost = heardAll && isUnknownGeneration(generation) && !generation.includes('~')
    const isOther = person.generation !== generation && !(hasOnlyLost && person.generation !== undefined)
    const isGap = !this.#missedNothing(person)
    if (person.told !== undefined && loggedOutBetween(person.told, generation, this.hears && !heardAll))
      endBefore(person, generation)
    for (const copy of [...person.copies]) {
      if (copy.kind === 'dropped' || copy.kind === 'kept') continue
      if (isOther || (isGap && !this.#isWithin(copy, uncomparedForMs))) this.drop(copy)
    }
    person.generation = generation
    person.told = generation
    person.changed = false
    if (asked.number > person.compared.number) person.compared = asked
  }

  /** A copy that `via` put here, while its life is not over. */
  copy(key: TokenKey, via: Keeper): Copy | undefined {
    const copy = this.#copies.get(idOf(key, via))
    if (copy === undefined) return undefined
    if (this.leftMs(copy) > 0) return copy
    this.drop(copy)
    return undefined
  }

  keep(person: Person, copy: Omit<Copy, 'person' | 'token' | keyof Moment>): void {
    if (person.over || copy.ttlMs <= 0) return
    const id = idOf({ subject: person.subject, variant: copy.variant }, copy.via)
    const before = this.#copies.peek(id)
    if (before !== undefined) detach(before)
    const { variant, via, kind, value, ttlMs } = copy
    const { now, monotonic } = momentOf(this.clock)
    const kept: Copy = { person, variant, via, kind, value, token: undefined, ttlMs, now, monotonic }
    person.copies.push(kept)
    this.#copies.set(id, kept)
  }

  drop(copy: Copy): void {
    detach(copy)
    this.#copies.delete(idOf({ subject: copy.person.subject, variant: copy.variant }, copy.via))
  }

  leftMs(copy: Copy): number {
    return copy.ttlMs - elapsedMs(this.clock, copy)
  }

  /** Whether a copy may be served without asking the store. */
  isSure({ generation, compared }: Person): boolean {
    if (generation === undefined) return false
    if (!this.#hearsAll) return this.#isWithin(compared.at, compareEveryMs)
    return compared.doubts === this.#doubtsRaised
  }

  /** Whether a copy may be served while the store cannot be asked. */
  mayServeAlone(copy: Copy): boolean {
    const { person } = copy
    if (copy.kind === 'dropped') return false
    if (copy.kind === 'unsaved') return this.#isWithin(copy, uncomparedForMs)
    if (person.generation === undefined) return false
    if (this.#missedNothing(person)) return true
    const doubtedAt = this.#doubts[person.compared.doubts - (this.#doubtsRaised - this.#doubts.length)]
    return this.hears && doubtedAt !== undefined && this.#isWithin(doubtedAt, uncomparedForMs)
  }

  /** Whether a logout since the last comparison would be known, or will show in the next one. */
  #missedNothing({ compared }: Person): boolean {
    return this.#isWithin(compared.at, uncomparedForMs) || (this.hears && this.#isUndoubted(compared))
  }

  #isUndoubted(compared: Mark): boolean {
    return compared.doubts === this.#doubtsRaised
  }

  #isWithin(moment: Moment, ms: number): boolean {
    return elapsedMs(this.clock, moment) < ms
  }

  /** Takes all copies from a person. Returns those that were still alive. */
  #takeCopies(person: Person): Copy[] {
    const copies = person.copies.splice(0)
    const { subject } = person
    for (const { variant, via } of copies) this.#copies.delete(idOf({ subject, variant }, via))
    return this.#alive(copies)
  }

  #alive(copies: readonly Copy[]): Copy[] {
    return copies.filter((copy) => copy.kind !== 'dropped' && this.leftMs(copy) > 0)
  }

  /** Drops what a record holds, and remembers that for a minute. */
  #dropAll(subject: string, person: Person | undefined, id: string): readonly Copy[] {
    const copies = person === undefined ? [] : this.#takeCopies(person)
    this.#dropped.set(`${subject} ${id}`, copies, this.clock)
    return copies
  }

  /** What a logout has dropped that was made before, within the last minute. */
  #droppedBy(subject: string, id: string): readonly Copy[] | undefined {
    const copies = this.#dropped.get(`${subject} ${id}`, this.clock)
    return copies && this.#alive(copies)
  }

  #start(subject: string, logout: Omit<PersonStart, 'own' | 'compared'> = noLogout): Person {
    this.#records += 1
    const person = new Person(subject, { own: `${this.#records}`, compared: this.mark(), ...logout })
    this.#people.set(subject, person)
    this.#trim()
    return person
  }

  /** Drops who was asked for least recently, but nobody for whom something is under way or kept. */
  #trim(): void {
    const most = Math.max(leastPeople, this.#copies.max)
    for (let tries = 0; tries < 8 && this.#people.size > most; tries += 1) {
      const oldest = this.#people.first
      if (oldest === null) return
      if (oldest.value.idle) this.#people.delete(oldest.key)
      else this.#people.get(oldest.key)
    }
  }
}

/**
 * A logout that nobody has told shows in the generation. It ends exchanges, whose tokens belong to the one before. It ends
 * calls that began before that one was asked for, or were given a token under it.
 */
function endBefore(person: Person, generation: string): void {
  person.exchanges = undefined
  for (const each of [...(person.underWay ?? [])]) {
    const { asked = 0, told } = each
    const usesOld = told !== undefined && loggedOutBetween(told, generation, true)
    if (usesOld || asked < person.compared.number) each.end(new UserForgottenError())
  }
}

function detach(copy: Copy): void {
  const { copies } = copy.person
  const index = copies.indexOf(copy)
  if (index >= 0) copies.splice(index, 1)
}

function idOf(key: TokenKey, { place }: Keeper): string {
  return `${place} ${key.subject} ${key.variant}`
}
