import { CacheUnavailableError } from '../../errors.js'
import type { TokenKey } from '../../identity/token-key.js'
import { elapsedMs } from '../../lib/clock.js'
import { createTimeBudget } from '../../lib/deadline.js'
import { member } from '../../lib/given.js'
import type { CacheAnswer } from '../check-answer.js'
import { optionalMembers, readAnswer, readBoolean, readNothing, readValues } from '../check-answer.js'
import type { CacheCall, ForgetRequest, KeptFor, LeaseAnswer, TimedTokenCache } from '../token-cache.js'
import { leaseOf, type Operation } from './circuit-breaker.js'
import type { QueuedLogout } from './logout-queue.js'
import type { Copy, Mark, Person } from './person.js'
import { isOwnGeneration, Keeper } from './person.js'
import type { StoreState } from './store-state.js'

/** For how long it is remembered that a value has to be dropped from the store. */
const droppedForMs = 600_000
const saveAgainAfterMs = 1_000
/** `undefined`: memory has it, since the store could not take it. */
type Stored = boolean | undefined
const unlimited: CacheCall = { ms: Number.POSITIVE_INFINITY }

/**
 * A store with this process's memory in front of it. With `front`, memory serves what is known to be still good;
 * without, it holds only what the store could not take, so that tokens live on while the store is gone.
 *
 * What memory holds counts only under the generation that the store tells. So a logout that this process has missed
 * wins as soon as the store can be asked again, and tokens that were fetched meanwhile are kept.
 */
export class SharedCache extends Keeper {
  readonly state: StoreState
  /** An instance uses it, so that it keeps tokens as they are. One behind another cache of ours may keep them sealed. */
  isUsedDirectly = false
  readonly #shared: TimedTokenCache
  readonly #front: boolean
  #saveAgainAt = 0

  constructor(shared: TimedTokenCache, state: StoreState, { front }: { front: boolean }) {
    super()
    this.#shared = shared
    this.state = state
    this.#front = front
  }

  /** A copy that counts without the store's being asked. */
  peek(key: TokenKey): Copy | undefined {
    if (!this.#front) return undefined
    const { people } = this.state
    const copy = people.copy(key, this)
    if (copy?.kind !== 'saved' || copy.person.recording !== undefined) return undefined
    return people.isSure(copy.person) ? copy : undefined
  }

  answerFrom(copy: Copy): CacheAnswer {
    const { value, person } = copy
    const remainingMs = this.state.people.leftMs(copy)
    return { value, remainingMs, generation: person.generationNow, alone: undefined }
  }

  async get(key: TokenKey, { ms, behind = false }: CacheCall = unlimited): Promise<CacheAnswer> {
    const { people } = this.state
    this.state.listen()
    const person = people.of(key.subject)
    if (person.recording !== undefined) return this.#fromMemory(key, person)
    const reading = createTimeBudget(ms, this.state.clock)
    if (!behind) {
      const inFront = this.peek(key)
      if (inFront !== undefined) return this.answerFrom(inFront)
      if (person.comparing !== undefined) {
        await reading.spend(() => person.comparing ?? Promise.resolve())
        const now = this.peek(key)
        if (now !== undefined) return this.answerFrom(now)
      }
    }
    const { own } = person
    const asked = people.mark()
    const copy = people.copy(key, this)
    const asking = this.#run(
      { name: 'get', work: () => this.#shared.get(key, { ms: reading.leftMs, behind }), read: readAnswer },
      reading.leftMs,
    )
    if (copy !== undefined && this.#front) compareOnce(person, asking)
    const answer = await asking.catch(() => undefined)
    const now = people.of(key.subject)
    if (answer === undefined || now.recording !== undefined) return this.#fromMemory(key, now)
    // A logout or renewal meanwhile: whatever was answered may be from before it.
    if (person.over || person.own !== own) return { generation: answer.generation }
    return this.#reconcile(key, person, answer, asked)
  }

  async set(key: TokenKey, value: string, how: KeptFor, { ms }: CacheCall = unlimited): Promise<Stored> {
    const { ttlMs, generation } = how
    const { people } = this.state
    this.state.listen()
    const person = people.of(key.subject)
    const { own } = person
    const asked = people.mark()
    const keep = (kind: 'saved' | 'unsaved'): true => {
      const leftMs = ttlMs - elapsedMs(this.state.clock, asked.at)
      people.keep(person, { variant: key.variant, via: this, kind, value, ttlMs: leftMs })
      return true
    }
    if (isOwnGeneration(generation)) return generation === person.generationNow && keep('unsaved')
    if (person.recording !== undefined) return false
    const work = (): Promise<boolean> => this.#shared.set(key, value, how, { ms })
    const stored = await this.#run({ name: 'set', work, read: readBoolean }, ms).catch(() => undefined)
    if (person.over) return false
    if (stored === undefined) return person.accepts(generation) && keep('unsaved') ? undefined : false
    if (!stored) {
      people.distrust(person)
      return false
    }
    if (person.recording !== undefined) return false
    if (person.own !== own) return true // a renewal meanwhile has dropped it again
    if (people.isOvertaken(person, generation, asked)) return false
    people.compare(person, generation, asked)
    if (this.#front) return keep('saved')
    this.#dropCopy(key)
    return true
  }

  async delete(key: TokenKey, { ms }: CacheCall = unlimited): Promise<void> {
    const { people } = this.state
    const person = people.of(key.subject)
    this.#dropCopy(key)
    // What is on its way into the store drops it there, and tells what it was.
    if (person.recording !== undefined) return
    const work = (): Promise<void> => this.#shared.delete(key, { ms })
    await this.#run({ name: 'delete', work, read: readNothing }, ms).catch(() => {
      people.keep(person, {
        variant: key.variant,
        via: this,
        kind: 'dropped',
        value: '',
        ttlMs: droppedForMs,
      })
    })
  }

  /** `undefined`: the store has no leases. */
  async lease(
    key: TokenKey,
    ttlMs: number,
    how: { waited: boolean } = { waited: true },
    { ms }: CacheCall = unlimited,
  ): Promise<LeaseAnswer | undefined> {
    const { lease } = optionalMembers(this.#shared)
    return lease && leaseOf(this.#run, () => lease(key, ttlMs, how, { ms }), ms)
  }

  /**
   * A logout or renewal: takes effect here at once, and is on its way into the store. `order`: the number that the logout
   * took when it was called.
   */
  forget(subject: string, request: ForgetRequest, order: number): QueuedLogout {
    const { people } = this.state
    const { id, renewal } = request
    const dropped = renewal ? people.renew(subject, { id }) : people.forget(subject, { id, order })
    return this.#record(request, people.of(subject), dropped)
  }

  async close(): Promise<void> {
    this.state.stop()
    try {
      await optionalMembers(this.#shared).close?.()
    } catch {
      throw new CacheUnavailableError('the cache could not be closed')
    }
  }

  /** The answer while the store cannot be asked, or must not be. */
  #fromMemory(key: TokenKey, { generationNow: generation }: Person): CacheAnswer {
    const { people } = this.state
    const copy = people.copy(key, this)
    if (copy === undefined || !people.mayServeAlone(copy)) return { generation, alone: true }
    return { value: copy.value, remainingMs: people.leftMs(copy), generation, alone: true }
  }

  /** What counts, of a copy in memory and of what the store has answered. */
  async #reconcile(key: TokenKey, person: Person, answer: CacheAnswer, asked: Mark): Promise<CacheAnswer> {
    const { people, clock } = this.state
    const { value, generation } = answer
    if (person.generationsBefore.includes(generation)) {
      // A store that came back from before a logout receives it again, and what it told since then counts no longer.
      person.told = undefined
      this.#record({ id: person.logoutId ?? crypto.randomUUID() }, person, [])
      return { generation: person.own, alone: true }
    }
    if (people.isOvertaken(person, generation, asked)) return { generation: person.generationNow }
    people.compare(person, generation, asked)
    const took = elapsedMs(clock, asked.at)
    const remainingMs = answer.remainingMs === undefined ? undefined : answer.remainingMs - took
    const copy = people.copy(key, this)
    if (copy?.kind === 'dropped' && value !== undefined) {
      await this.delete(key)
      return { generation }
    }
    if (copy?.kind === 'unsaved') {
      const leftMs = people.leftMs(copy)
      if (value === undefined || leftMs > (remainingMs ?? Number.POSITIVE_INFINITY)) {
        this.#save(key, copy, generation)
        return { value: copy.value, remainingMs: leftMs, generation }
      }
    }
    if (value === undefined || remainingMs === undefined) {
      this.#dropCopy(key)
      return value === undefined ? { generation } : { value, generation }
    }
    // Never a longer life in front than behind.
    if (this.#front) {
      people.keep(person, { variant: key.variant, via: this, kind: 'saved', value, ttlMs: remainingMs })
    } else this.#dropCopy(key)
    return { value, generation, remainingMs }
  }

  /** Puts what has taken effect here on its way into the store. */
  #record(request: ForgetRequest, person: Person, dropped: readonly Copy[]): QueuedLogout {
    const { people, logouts } = this.state
    const { subject } = person
    const here = dropped.flatMap(({ via, value }) =>
      via === this || (via instanceof SharedCache && via.isUsedDirectly) ? [value] : [],
    )
    const recording = logouts.begin({
      request,
      ask: async (asked, sent) => {
        const work = (): Promise<string[]> => {
          sent()
          return this.#shared.forget(subject, asked)
        }
        return this.#run({ name: 'forget', work, read: readValues })
      },
      // What stands behind this one tells by its own answer what it has dropped.
      // Two layers may keep the same token.
      droppedHere: [...new Set(here)],
      before: person.recording,
    })
    person.recording = recording
    const recorded = (): void => {
      const now = people.of(subject)
      if (now.recording === recording) now.recording = undefined
    }
    // Where the store refuses for good, what it answers does not count for this person any longer.
    recording.recorded.then(recorded, () => {
      if (!this.state.used) recorded()
    })
    return recording
  }

  /** Has the store take what it could not take before. No call waits for it. */
  #save(key: TokenKey, copy: Copy, generation: string): void {
    const { people, clock } = this.state
    const { value, person } = copy
    const ttlMs = Math.floor(people.leftMs(copy))
    if (clock.monotonic() < this.#saveAgainAt || ttlMs < 1) return
    this.#saveAgainAt = clock.monotonic() + saveAgainAfterMs
    const work = (): Promise<boolean> => this.#shared.set(key, value, { ttlMs, generation })
    this.#run({ name: 'set', work, read: readBoolean })
      .then((stored) => {
        this.#saveAgainAt = 0
        if (people.copy(key, this) !== copy) return
        people.drop(copy)
        if (stored && this.#front) people.keep(person, { ...copy, kind: 'saved', ttlMs })
      })
      .catch(() => {})
  }

  /** Runs an operation on what stands behind. */
  readonly #run = <Answer>(operation: Operation<Answer>, ms?: number): Promise<Answer> =>
    this.state.breaker.run(operation, ms, member(this.#shared, 'local') === true)

  #dropCopy(key: TokenKey): void {
    const copy = this.state.people.copy(key, this)
    if (copy !== undefined) this.state.people.drop(copy)
  }
}

function compareOnce(person: Person, asking: Promise<unknown>): void {
  const done = (): void => {
    if (person.comparing === settled) person.comparing = undefined
  }
  const settled = asking.then(done, done)
  person.comparing = settled
}
