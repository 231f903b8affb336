/** A row of SECURITY.md, and what somebody could change so that its defence is gone. */
export interface Defence {
  /** First cell of the row, word for word. */
  readonly threat: string
  readonly removals: readonly Removal[]
}

/** A change of one place that takes a defence away. */
export interface Removal {
  /** Path from the root. */
  readonly file: string
  /** Stands once in the file. */
  readonly before: string
  readonly after: string
  /** Linked files of the row, each of which has to turn red. */
  readonly redIn: readonly string[]
}
