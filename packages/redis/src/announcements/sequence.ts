/** The number of an announcement. */
export interface SequenceNumber {
  /** Drawn again when the count begins again: another store, or the same one after it lost everything. */
  readonly count: string
  readonly number: number
}

/** Follows the numbers of what is heard, and so notices what was missed. */
export class Sequence {
  #last: SequenceNumber | undefined

  /** Whether everything before this heartbeat was heard. The first one says where to begin, and that nothing is known before it. */
  heartbeat(heard: SequenceNumber): boolean {
    const complete = this.#last?.count === heard.count && this.#last.number === heard.number
    this.#last = heard
    return complete
  }

  /** Whether everything before this announcement was heard. */
  announcement(heard: SequenceNumber): boolean {
    const last = this.#last
    // Another application's store may use the same channel; before the first heartbeat nobody knows which is ours.
    if (last === undefined || last.count !== heard.count) return true
    this.#last = { count: heard.count, number: Math.max(heard.number, last.number) }
    return heard.number === last.number + 1
  }
}
