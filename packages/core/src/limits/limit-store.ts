/**
 * Where limits are counted that several processes share: what `redisLimitStore` of `@tesouro-tokens/redis` makes.
 * Keys are names to be taken as they are; nothing readable is in them. Every operation may reject or stay away: the
 * process then goes on with limits of its own until the store answers again. All times are in milliseconds and go by
 * the store's own clock, so that processes whose clocks disagree still take turns.
 */
export interface LimitStore {
  /**
   * Reserves the next free request slot (GCRA: the next slot is free `intervalMs` later) and tells how long it is until
   * then: 0 for now. A slot that is further ahead than `withinMs` is returned and need not be reserved. `intervalMs`
   * differs from call to call: a process that waits long for the answers reserves several slots as one.
   */
  reserve(key: string, options: { intervalMs: number; withinMs: number }): Promise<{ waitMs: number }>
  /** Gives no slot before that time has passed. Never shortens a pause that lasts longer. */
  pause(key: string, ms: number): Promise<void>
  /**
   * Counts one in a window that begins with the first and holds `points`: 0 while it is not full, else how long it
   * is until the next window.
   */
  count(key: string, options: { points: number; windowMs: number }): Promise<{ waitMs: number }>
}

/**
 * The longest pause that a store receives, and the longest wait that is believed from one: nobody's answer may stop a
 * fleet for longer, across its restarts.
 */
export const longestStoredMs: number = 24 * 60 * 60 * 1_000
