import { createTesouroTokens, type TesouroTokens, type TokenCache } from '@tesouro-tokens/core'
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
    let users: TesouroTokens[]

    beforeEach(async () => {
      subject = await open()
      users = [subject.cache, subject.elsewhere, subject.beside].flatMap((cache) =>
        cache ? [patientUserOf(cache)] : [],
      )
    })
    afterEach(async () => {
      await Promise.all(users.map((user) => user.close()))
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

/** An instance that uses the cache: its time limit for an operation holds then, which a busy machine does not reach. */
function patientUserOf(cache: TokenCache): TesouroTokens {
  return createTesouroTokens({
    baseUrl: 'http://127.0.0.1:9',
    clientId: 'client',
    clientSecret: 'never sent',
    cache,
    timeouts: { cacheMs: 60_000 },
  })
}
