import { outsideAsyncContext } from '#runtime'
import type { CacheRead, CallCache } from '../cache/cache-access.js'
import type { Person } from '../cache/shared/person.js'
import type { TokenKey } from '../identity/token-key.js'
import type { Clock } from '../lib/clock.js'

/** So many times `cacheMs` a look is joined: one that a worker runtime has frozen never ends. */
const joinedFor = 4

/** One look into the store at a time for each variant of a person, whatever number of callers. */
export class SharedReads {
  readonly #clock: Clock
  readonly #joinedForMs: number

  constructor({ clock, cacheMs }: { clock: Clock; cacheMs: number }) {
    this.#clock = clock
    this.#joinedForMs = cacheMs * joinedFor
  }

  /** Joins the look that is under way, or begins one. */
  join(person: Person, key: TokenKey, cache: CallCache): Promise<CacheRead> {
    const { variant } = key
    const underWay = person.reads?.get(variant)
    const startedAt = this.#clock.monotonic()
    if (underWay !== undefined && startedAt - underWay.startedAt <= this.#joinedForMs) return underWay.answer
    const answer = outsideAsyncContext(() => cache.read(key))
    const read = { startedAt, answer }
    person.reads ??= new Map()
    person.reads.set(variant, read)
    const done = (): void => {
      if (person.reads?.get(variant) === read) person.reads.delete(variant)
      if (person.reads?.size === 0) person.reads = undefined
    }
    answer.then(done, done)
    return answer
  }
}
