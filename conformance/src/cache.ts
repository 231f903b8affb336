import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeForgetting } from './cache/forgetting.js'
import { describeGenerations } from './cache/generations.js'
import { describeLeases } from './cache/leases.js'
import { describeListening } from './cache/listening.js'
import type { CacheSubject } from './cache/subject.js'
import { describeTwoUsers } from './cache/two-users.js'
import { describeValues } from './cache/values.js'

export type { CacheSubject } from './cache/subject.js'

/**
 * What core relies on, for any cache. A cache's own test file says how to open one and nothing more; `shared`
 * for one that other processes see too, which has leases and tells of logouts; `local` for one that needs no deadline
 * around it.
 *
 * @example
 * ```ts
 * describeTokenCache('memory', async () => {
 *   const clock = new ManualClock()
 *   return { cache: memoryTokenCache({ clock }), pass: async (ms) => clock.pass(ms), close: async () => {} }
 * })
 * ```
 */
export function describeTokenCache(
  name: string,
  open: () => Promise<CacheSubject>,
  { shared, local = !shared }: { shared: boolean; local?: boolean } = { shared: false },
): void {
  describe(`token cache: ${name}`, () => {
    let subject: CacheSubject

    beforeEach(async () => {
      subject = await open()
    })
    afterEach(async () => {
      await subject.close()
    })
    const opened = (): CacheSubject => subject

    describeValues(opened)
    describeForgetting(opened)
    describeGenerations(opened, { shared })
    describeTwoUsers(opened, { shared })
    it('says whether it answers from the memory of this process, where no deadline is needed', () => {
      expect(subject.cache.local ?? false).toBe(local)
    })
    if (!shared) return
    describeLeases(opened)
    describeListening(opened)
  })
}
