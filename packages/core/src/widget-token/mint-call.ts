import type { CacheAccess } from '../cache/cache-access.js'
import type { Call } from '../calls.js'
import type { EventOutcome } from '../events.js'
import type { CheckedUser } from '../identity/check-user.js'
import type { CacheNames } from '../identity/token-key.js'
import { type Clock, momentOf } from '../lib/clock.js'
import { isPromise } from '../lib/promises.js'
import { eventOutcome, isTraced, type Observer, traced } from '../observer.js'
import type { WidgetToken } from '../tokens.js'
import type { WidgetTokenMinter } from './mint.js'

/** Mints for calls: a logout ends them. Nothing can come between what is computed at once. */
export class MintCalls {
  readonly #minter: WidgetTokenMinter
  readonly #names: CacheNames
  readonly #cache: CacheAccess
  readonly #observer: Observer
  readonly #clock: Clock

  constructor(parts: {
    minter: WidgetTokenMinter
    names: CacheNames
    cache: CacheAccess
    observer: Observer
    clock: Clock
  }) {
    this.#minter = parts.minter
    this.#names = parts.names
    this.#cache = parts.cache
    this.#observer = parts.observer
    this.#clock = parts.clock
  }

  mint(user: CheckedUser, call: Call): WidgetToken | Promise<WidgetToken> {
    const mint = this.#observer.listening ? () => this.#mintAndTell(user, call) : () => this.#mint(user, call)
    if (!isTraced('mint')) return mint()
    return traced({ type: 'mint' }, async () => {
      this.#unlessLoggedOutSince(user, call)
      return mint()
    })
  }

  /** Anybody who listens to an event or a trace may have logged the person out, or closed the instance. */
  #unlessLoggedOutSince(user: CheckedUser, call: Call): void {
    const subject = this.#names.subjectNow(user)
    if (subject === undefined) call.throwIfEnded()
    else call.workFor(this.#cache.people.of(subject))
  }

  #mint(user: CheckedUser, call: Call): WidgetToken | Promise<WidgetToken> {
    const names = this.#names
    const workFor = (subject: string): void => call.workFor(this.#cache.people.of(subject))
    const clientId = names.clientId()
    if (isPromise(clientId)) {
      // One turn later: a logout that came after the call waits for the client id as well.
      const afterLogouts = clientId.then((known) => known)
      return afterLogouts.then((known) => {
        const subject = names.subjectOf(user, known)
        workFor(subject)
        return this.#unlessLoggedOut(subject, call, Promise.resolve(this.#minter.mint(user, call)))
      })
    }
    const minted = this.#minter.mint(user, call)
    if (!isPromise(minted)) return minted
    minted.catch(() => {}) // where the person has logged out already, nobody waits for it
    const subject = names.subjectOf(user, clientId)
    workFor(subject)
    return this.#unlessLoggedOut(subject, call, minted)
  }

  /** Where no logout is announced, and minting took long, the store is asked whether there was one meanwhile. */
  async #unlessLoggedOut(subject: string, call: Call, minted: Promise<WidgetToken>): Promise<WidgetToken> {
    const startedAt = momentOf(this.#clock)
    const looked = this.#cache.look(subject)
    const token = await minted
    call.throwIfEnded()
    await this.#cache.lookAgain(subject, startedAt, looked)
    call.throwIfEnded()
    return token
  }

  async #mintAndTell(user: CheckedUser, call: Call): Promise<WidgetToken> {
    const startedAt = this.#clock.monotonic()
    const tell = (told: { outcome: 'ok'; exp: number } | { outcome: EventOutcome }): void => {
      const durationMs = this.#clock.monotonic() - startedAt
      const subject = this.#names.subjectNow(user)
      this.#observer.emit({
        type: 'mint',
        user: subject && this.#observer.nameOf(subject),
        durationMs,
        ...told,
      })
    }
    let token: WidgetToken
    try {
      token = await this.#mint(user, call)
    } catch (error) {
      tell({ outcome: eventOutcome(error) })
      throw error
    }
    tell({ outcome: 'ok', exp: token.exp })
    this.#unlessLoggedOutSince(user, call)
    return token
  }
}
