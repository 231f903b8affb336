/** What is tried on a runtime, in the order of the table's columns. */
export const runtimeSteps: readonly string[] = [
  'ready',
  'mint',
  'gateway',
  'keys',
  'exchange',
  'call',
  'environment',
  'endpoint',
  'ageing',
  'refresh',
  'events',
  'hit',
  'logout',
  'close',
  'sandbox',
  'redis',
  'ioredis',
  'threads',
]

/** What came of one step on one runtime. */
export interface Result {
  readonly step: string
  /** A word for the table, in place of a plain yes. */
  readonly said?: string
  /** Why it failed, with the stack. */
  readonly failed?: string
}

/** What a runtime has done. */
export interface Outcome {
  /** Its name with its version. */
  readonly runtime: string
  readonly results: readonly Result[]
}

/** A runtime that can run the programs. */
export interface Runtime {
  readonly name: string
  /**
   * Runs every step against a platform of its own, once for each form in which the runtime is tried.
   *
   * @param programs where they are, with node_modules
   */
  run(programs: string, services: { redisUrl?: string | undefined }): Promise<readonly Outcome[]>
}
