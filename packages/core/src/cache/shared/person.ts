import type { TesouroTokensError } from '../../errors.js'
import type { Moment } from '../../lib/clock.js'
import type { CacheAnswer } from '../check-answer.js'

// A generation changes with every logout, and what was asked for under another one is not stored. It is text that
// stores of ours make in one form: `<part>` after a logout, `<part>~<renewal>` after a renewal, and `0.<uuid>` where
// the store knows nothing of the person, neither a logout nor that there was none.

const ownPrefix = '\u0000memory '
const unknownPart = /^0\.[0-9a-f]{8}-[0-9a-f]{4}-/

/** Marks a generation that this process made, for as long as the store has told none. */
function ownGeneration(generation: string): string {
  return `${ownPrefix}${generation}`
}

/** The generation after a renewal: nobody has logged out. */
export function renewedGeneration(generation: string, id: string): string {
  return `${logoutPart(generation)}~${id}`
}

/** Whether a store that tells this generation knows nothing of what was before, renewals since then apart. */
export function isUnknownGeneration(generation: string): boolean {
  return unknownPart.test(generation)
}

/** Whether a generation is this process's own, so that it cannot be compared with what a store tells. */
export function isOwnGeneration(generation: string): boolean {
  return generation.startsWith(ownPrefix)
}

/**
 * Whether the person was logged out between two answers of the store, as far as generations tell. Not after a renewal. Where
 * the store has lost what it knew of the person, only if that `mayHide` a logout.
 */
export function loggedOutBetween(before: string, after: string, mayHide: boolean): boolean {
  if (isOwnGeneration(before) || isOwnGeneration(after)) return false
  return logoutPart(before) !== logoutPart(after) && (mayHide || !isUnknownGeneration(after))
}

function logoutPart(generation: string): string {
  const end = generation.indexOf('~')
  return end < 0 ? generation : generation.slice(0, end)
}

/** Something under way for a person: a call, or an exchange. A logout ends it. */
export interface UnderWay {
  /** How often the store had been asked when a call began; `undefined` for what belongs to no call. */
  readonly asked?: number
  /** The generation under which a call was given a token; `undefined`: it was given none. */
  readonly told?: string | undefined
  end(error: TesouroTokensError): void
}

/** A token as the cache keeps it, as JSON. */
export interface StoredToken {
  v: 1
  accessToken: string
  issuedTokenType?: string | undefined
  lifetimeMs: number
  /** The process that stored it: only for that one does its monotonic clock tell the age. */
  process: string
  requestedAt: Moment
}

let places = 0

/** Puts copies into this process's memory. `place` tells its copies from others' of the same token. */
export class Keeper {
  readonly place: number = ++places
}

/** A token in this process's memory. Dated by the moment when it was put there. */
export interface Copy extends Moment {
  readonly person: Person
  readonly variant: string
  /** The cache that put it there: what one layer keeps sealed, another keeps open. */
  readonly via: Keeper
  /** This is the store; the store has it too; could not take it; or could not drop what it has. */
  readonly kind: 'kept' | 'saved' | 'unsaved' | 'dropped'
  readonly value: string
  /** The value, once it has been read. */
  token: StoredToken | undefined
  readonly ttlMs: number
}

/** A token as an exchange brings it. `leftMs`: how long it may still be used; `undefined` where the platform did not say. */
export interface ObtainedToken {
  accessToken: string
  issuedTokenType: string | undefined
  leftMs: number | undefined
  /** The generation under which the platform was asked. */
  under?: string | undefined
}

/** An exchange under way, which any number of callers wait for. */
export interface SharedExchange extends UnderWay {
  readonly startedAt: number
  /** The instance that makes it. */
  readonly owner: object
  readonly result: Promise<ObtainedToken>
}

/** A look into the store that is under way, which any number of callers wait for. */
export interface SharedRead {
  readonly startedAt: number
  readonly answer: Promise<CacheAnswer | undefined>
}

/** A failure that is remembered, so that asking again costs nothing for a while. */
export interface RememberedFailure {
  readonly error: TesouroTokensError
  readonly times: number
  readonly pauseMs: number
  readonly at: Moment
}

/** A logout or renewal that the store has not recorded yet. */
export interface Recording {
  readonly id: string
  readonly recorded: Promise<string[]>
}

/** When a store was asked, and how many doubts had been raised by then. */
export interface Mark {
  /** 1 for the first time that it was asked. */
  readonly number: number
  readonly at: Moment
  readonly doubts: number
}

/** With what a record begins. */
export interface PersonStart {
  own: string
  compared: Mark
  /** The number of the logout that makes it; 0: none does. */
  order: number
  recording: Recording | undefined
  logoutId: string | undefined
  generationsBefore: readonly string[]
}

/**
 * Everything that this process holds of one person, in one store. A logout puts another record in its place and
 * marks this one as over. Work for the person keeps the record that it began with, and goes on only while that
 * record is current. `People.forget` is the only place where a record ends.
 */
export class Person {
  readonly subject: string
  /** A logout has put another record in this one's place. */
  over = false
  /** How many logouts this process had seen when one made this record; 0: none did. */
  readonly order: number
  /** What the store told before logouts that this process made: a store that tells it again has lost them. */
  readonly generationsBefore: readonly string[]
  /** The id of the logout that made this record. */
  readonly logoutId: string | undefined
  /** This process's own generation, for as long as the store has told none. */
  own: string
  /** As the store told it; `undefined`: not told yet, or not since a change. */
  generation: string | undefined = undefined
  /** As the store told it last, whatever has changed since. */
  told: string | undefined = undefined
  /** A logout or renewal since then: what the store told before counts no longer. */
  changed: boolean
  compared: Mark
  /** A comparison with the store that is under way. */
  comparing: Promise<unknown> | undefined = undefined
  recording: Recording | undefined
  readonly copies: Copy[] = []
  underWay: Set<UnderWay> | undefined = undefined
  /** By variant, like all that follows. */
  exchanges: Map<string, SharedExchange> | undefined = undefined
  reads: Map<string, SharedRead> | undefined = undefined
  failures: Map<string, RememberedFailure> | undefined = undefined

  constructor(
    subject: string,
    { own, order, recording, compared, logoutId, generationsBefore }: PersonStart,
  ) {
    this.subject = subject
    this.own = own
    this.order = order
    this.generationsBefore = generationsBefore
    this.logoutId = logoutId
    this.changed = order > 0
    this.compared = compared
    this.recording = recording
  }

  /** Under which generation something is asked of the store now. */
  get generationNow(): string {
    return this.generation ?? ownGeneration(this.own)
  }

  /** Whether what was asked for under a generation is still wanted, as far as this process knows. */
  accepts(generation: string): boolean {
    return generation === this.generationNow || (this.generation === undefined && !this.changed)
  }

  /** Whether the record holds nothing that would be missed. */
  get idle(): boolean {
    return this.copies.length === 0 && this.underWay === undefined && this.recording === undefined
  }

  enter(work: UnderWay): void {
    this.underWay ??= new Set()
    this.underWay.add(work)
  }

  leave(work: UnderWay): void {
    this.underWay?.delete(work)
    if (this.underWay?.size === 0) this.underWay = undefined
  }
}
