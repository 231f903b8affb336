import type { SourceChange } from '../core-program.js'

/** A fault that somebody could make in a line or two. */
export interface PlantedFault extends SourceChange {
  readonly name: string
  /** The rows of the list of threats that it belongs to. */
  readonly threat?: number
}

const forgotten = 'if (person.over || person.order > this.#logouts) throw new UserForgottenError()'

/** Each is put into a copy of core, alone, and has to be found. */
export const faults: readonly PlantedFault[] = [
  {
    name: 'a logout ends no call that is under way',
    threat: 31,
    before: 'for (const each of [...(before.underWay ?? [])]) each.end(new UserForgottenError())',
    after: '',
  },
  {
    name: 'a logout does not mark the record of before as over',
    threat: 31,
    before: 'before.over = true',
    after: '',
  },
  { name: 'a call does not ask whether there was a logout', threat: 31, before: forgotten, after: '' },
  {
    name: 'a request is sent, and sent again, for a call that a logout has ended',
    threat: 31,
    before: 'for (const each of [...(before.underWay ?? [])]) each.end(new UserForgottenError())',
    after: 'for (const each of [...(before.exchanges?.values() ?? [])]) each.end(new UserForgottenError())',
  },
  {
    name: 'a mint is not ended by a logout',
    threat: 31,
    before: '\n    workFor(subject)\n    return',
    after: '\n    return',
  },
  {
    name: 'every cache object has a state of its own',
    threat: 32,
    before: 'const store = storeBehind(cache)',
    after: 'const store = cache',
  },
  {
    name: 'a logout that is tried again has another id',
    threat: 35,
    before: 'const values = await ask(request, () => {',
    after: 'const values = await ask({ ...request, id: crypto.randomUUID() }, () => {',
  },
  {
    name: 'what this process has dropped is not revoked',
    threat: 35,
    before: 'this.#settle?.resolve(united(united(before ?? [], values), this.here))',
    after: 'this.#settle?.resolve(united(before ?? [], values))',
  },
  {
    name: 'what the logout before has dropped is not revoked',
    threat: 35,
    before: 'this.#settle?.resolve(united(united(before ?? [], values), this.here))',
    after: 'this.#settle?.resolve(united(values, this.here))',
  },
  {
    name: 'a logout is tried once',
    threat: 35,
    before: 'while (this.#waiting.size > 0) {',
    after: 'while (false) {',
  },
  {
    name: 'a sealed value opens under any generation',
    threat: 36,
    before: ' && terms.generation === generation',
    after: '',
  },
  {
    name: 'a sealed value opens after the end of its life',
    threat: 36,
    before: 'const left = found === undefined ? 0 : Number(found.terms.until) - storeNow()',
    after: 'const left = found === undefined ? 0 : 100_000',
  },
  {
    name: 'a logout concerns the last client id alone',
    threat: 40,
    before: 'return [...this.#used].map((clientId) => this.subjectOf(who, clientId))',
    after: 'return [...this.#used].slice(-1).map((clientId) => this.subjectOf(who, clientId))',
  },
  {
    name: "a client's refusal elsewhere is a user's here",
    threat: 41,
    before: 'new TokenEndpointError({ status, error })',
    after: 'new TokenEndpointError({ status: 400, error })',
  },
  {
    name: 'absurd numbers from the store are passed on',
    threat: 41,
    before: "typeof given === 'number' && given >= least && given <= most",
    after: "typeof given === 'number' && least <= most",
  },
  {
    name: 'copies survive a store that has lost a logout nobody has heard of',
    threat: 42,
    before: 'const hasOnlyLost = heardAll && isUnknownGeneration(generation)',
    after: 'const hasOnlyLost = isUnknownGeneration(generation)',
  },
  {
    name: 'a call is given the token that the store refused after a logout elsewhere',
    threat: 42,
    before: 'if (stored === false) await this.#afterRefusal(replacement)',
    after: '',
  },
  {
    name: 'the store is read while a logout is on its way into it',
    before: 'if (person.recording !== undefined) return this.#fromMemory(key, person)',
    after: '',
  },
  {
    name: 'copies of another generation are kept',
    before: 'if (isOther || (isGap && !this.#isWithin(copy, uncomparedForMs))) this.drop(copy)',
    after: 'if (isGap && !this.#isWithin(copy, uncomparedForMs)) this.drop(copy)',
  },
  {
    name: 'that logouts may have been missed is not heeded',
    before: 'if (subject === undefined) this.people.doubt()',
    after: 'if (subject === undefined) return',
  },
  {
    name: 'a logout elsewhere is not heard',
    before: 'else this.people.forget(subject, { id })',
    after: '',
  },
  {
    name: 'no call joins an exchange that is under way',
    before: 'const underWay = this.#flights.find(person, request.key.variant)',
    after: 'const underWay = undefined',
  },
  {
    name: 'a renewal lets later calls join what was begun before it',
    before: `    person.exchanges = undefined
    person.reads = undefined`,
    after: '',
    and: { before: 'if (!isOld || !isFirst || underWay === undefined) return token', after: 'return token' },
  },
  {
    name: "another instance's end is told to those who waited with it",
    before: "if (flight.owner === this.#flights || !isTesouroTokensError(error, 'closed')) throw error",
    after: 'throw error',
  },
  {
    name: 'calls under way are not ended by close()',
    before: 'for (const call of [...this.#underWay]) call.end(new ClosedError())',
    after: '',
  },
  {
    name: 'exchanges under way are not ended by close()',
    before: 'for (const flight of this.#own) flight.end(new ClosedError())',
    after: '',
  },
  {
    name: 'the cache is listened to after close()',
    before: 'this.#stopListening?.()\n    this.#stopListening = undefined',
    after: 'this.#stopListening = undefined',
  },
  {
    name: 'a lease is renewed for ever',
    before: 'clearInterval(timer)',
    after: '',
  },
  {
    name: 'a call is told of the token that it does not want',
    before: 'cached.token.accessToken === rejectedToken',
    after: 'false',
  },
  {
    name: 'a token is taken to live twice as long',
    before: 'lifetimeMs: grant.expiresIn * 1000,',
    after: 'lifetimeMs: grant.expiresIn * 2000,',
  },
  {
    name: 'a comparison that shows a logout elsewhere ends no call',
    threat: 31,
    before:
      'if (person.told !== undefined && loggedOutBetween(person.told, generation, this.hears && !heardAll))\n      endBefore(person, generation)',
    after: '',
  },
  {
    name: 'a call that waits for long does not look for a logout elsewhere',
    threat: 31,
    before: 'if (elapsedMs(this.#user.clock, since) < heardWithinMs) return since',
    after: 'if (since !== undefined) return since',
  },
]
