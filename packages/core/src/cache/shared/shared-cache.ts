import { CacheUnavailableError } from '../../errors.js'
import { elapsedMs } from '../../lib/clock.js'
import { createTimeBudget } from '../../lib/time-budget.js'
import { type CacheLink, cacheHook, type LinkedCache, linkOf } from '../cache-context.js'
import { type CacheAnswer, isAnswer, isAnything, isBoolean, isLeaseAnswer } from '../check-answer.js'
import { createHosts, type Hosts } from '../hosts.js'
import type { TokenCache, TokenKey } from '../token-cache.js'
import { createGuard } from './circuit-breaker.js'
import { type Copy, createCopies, type Look } from './copies.js'
import { guardedLease } from './guarded-lease.js'
import { createForgets } from './logout-queue.js'
import { isProvisional, provisional } from './provisional.js'
import { createTrust } from './trust.js'

/** How long a copy that the store does not have is served without the store's having been asked. */
const unsavedForMs = 300_000
/** For how long it is remembered that a value has to be dropped from the store. */
const droppedForMs = 600_000
const saveAgainAfterMs = 1_000

/**
 * A shared cache behind its guard, with memory in front. With `keepsAll`, memory serves whatever is known to be still
 * good; without, it holds only what the store could not take, so that tokens live on while the store is gone.
 *
 * What memory holds counts only under the generation that the store tells. So a logout that this process has missed
 * wins against its copies as soon as the store can be asked again, and tokens that were fetched meanwhile are kept.
 */
export function createFrontedCache(options: {
  shared: TokenCache
  local: (hosts: Hosts) => TokenCache
  keepsAll: boolean
}): TokenCache & { [cacheHook]: CacheLink } {
  const { shared, keepsAll } = options
  const hosts = createHosts({ onEmpty: () => stop() })
  const { clock } = hosts
  const local = options.local(hosts)
  const copies = createCopies(local)
  const trust = createTrust(clock)
  const guard = createGuard(shared, hosts, () => forgets.tryNow())
  const forgets = createForgets({ guard, shared, copies, trust })
  /** Comparisons under way, by subject. */
  const comparing = new Map<string, Promise<unknown>>()
  const listeners = new Set<(subject: string | undefined) => void>()
  let stopListening: (() => void) | undefined
  let saveAgainAt = 0

  const heard = (subject: string | undefined): void => {
    if (subject === undefined) trust.doubt()
    else {
      trust.forget(subject)
      copies.forget(subject).catch(() => {})
    }
    for (const listener of [...listeners]) listener(subject)
  }

  const listen = (): void => {
    if (stopListening !== undefined || shared.onForget === undefined) return
    stopListening = () => {}
    try {
      stopListening = shared.onForget(heard)
      trust.hears = true
    } catch {
      hosts.current.emit({ type: 'cache_failure', operation: 'onForget', reason: 'rejected' })
    }
  }

  /** Nobody uses the cache any longer, or not for now. */
  const stop = (): void => {
    guard.stop()
    forgets.stop()
    stopListening?.()
    stopListening = undefined
    if (trust.hears) trust.doubt()
    trust.hears = false
  }

  /** The answer while the store cannot be asked, or must not be. */
  const fromMemory = async (key: TokenKey): Promise<CacheAnswer> => {
    const { copy, localGeneration } = await copies.look(key)
    const known = forgets.pending(key.subject) ? undefined : trust.known(key.subject)
    const generation = known ?? provisional(localGeneration)
    if (copy === undefined || !mayServeAlone(key, copy)) return { generation, alone: true }
    return { value: copy.value, remainingMs: copy.remainingMs, generation, alone: true }
  }

  const mayServeAlone = ({ subject }: TokenKey, copy: Copy): boolean => {
    if (copy.kind === 'saved') return trust.wasSure(subject, copy)
    if (copy.kind === 'dropped' || copy.ageMs > unsavedForMs) return false
    const known = trust.known(subject)
    return isProvisional(copy.generation) || known === undefined || known === copy.generation
  }

  const get: LinkedCache['get'] = async (key, { ms, behind }) => {
    listen()
    const { subject } = key
    const reading = createTimeBudget(ms)
    if (forgets.pending(subject)) return fromMemory(key)
    if (keepsAll && !behind) {
      const inFront = await fromFront(key)
      if (inFront !== undefined) return inFront
      const comparison = comparing.get(subject)
      if (comparison !== undefined) {
        await reading.spend(() => comparison)
        const now = await fromFront(key)
        if (now !== undefined) return now
      }
    }
    const mark = trust.mark()
    const look = await copies.look(key)
    const asked = guard.run('get', () => shared.get(key), isAnswer, reading.leftMs)
    if (look.copy !== undefined && keepsAll) compareOnce(subject, asked)
    const answer = await asked.catch(() => undefined)
    if (answer === undefined) return fromMemory(key)
    // A logout between: whatever was answered is from before it.
    if (forgets.pending(subject)) return fromMemory(key)
    if (trust.forgottenSince(subject, mark)) return { generation: answer.generation }
    trust.learn(subject, answer.generation, mark)
    return reconcile(key, look, answer, elapsedMs(clock, mark.at))
  }

  const compareOnce = (subject: string, asked: Promise<unknown>): void => {
    const done = (): void => {
      if (comparing.get(subject) === settled) comparing.delete(subject)
    }
    const settled = asked.then(done, done)
    comparing.set(subject, settled)
  }

  const atOnce: LinkedCache['atOnce'] = (key) => {
    listen()
    return keepsAll && !forgets.pending(key.subject) ? served(key, copies.copyAtOnce(key)) : undefined
  }

  const fromFront = async (key: TokenKey): Promise<CacheAnswer | undefined> =>
    served(key, (await copies.look(key)).copy)

  /** A copy that counts without the store's being asked. */
  const served = (key: TokenKey, copy: Copy | undefined): CacheAnswer | undefined => {
    if (copy?.kind !== 'saved' || !trust.isSure(key.subject, copy)) return undefined
    return { value: copy.value, remainingMs: copy.remainingMs, generation: copy.generation }
  }

  /** What counts, of a copy in memory and of what the store has answered. */
  const reconcile = async (
    key: TokenKey,
    { copy, localGeneration }: Look,
    answer: CacheAnswer,
    tookMs: number,
  ): Promise<CacheAnswer> => {
    const { value, generation } = answer
    const remainingMs = answer.remainingMs === undefined ? undefined : answer.remainingMs - tookMs
    if (copy?.kind === 'dropped' && value !== undefined) {
      await remove(key)
      return { generation }
    }
    if (copy?.kind === 'unsaved') {
      const isBetter = value === undefined || copy.remainingMs > (remainingMs ?? Number.POSITIVE_INFINITY)
      if (isBetter && trust.vouchesFor(key.subject, copy)) {
        saveCopy(key, copy, localGeneration)
        return { value: copy.value, remainingMs: copy.remainingMs, generation }
      }
      await copies.drop(key)
    }
    if (value === undefined) {
      if (copy?.kind === 'saved') await copies.drop(key)
      return { generation }
    }
    // Never a longer life in front than behind: where the store does not tell, there is none in front.
    if (keepsAll && remainingMs !== undefined) {
      await copies.keep(key, { kind: 'saved', value, generation, ttlMs: remainingMs }, localGeneration)
    }
    return remainingMs === undefined ? { value, generation } : { value, generation, remainingMs }
  }

  /** Has the store take what it could not take before. Nobody waits for it. */
  const saveCopy = (key: TokenKey, copy: Copy, localGeneration: string): void => {
    const { value, generation, remainingMs: ttlMs } = copy
    if (clock.monotonic() < saveAgainAt || ttlMs < 1) return
    saveAgainAt = clock.monotonic() + saveAgainAfterMs
    guard
      .run('set', () => shared.set(key, value, { ttlMs: Math.floor(ttlMs), generation }), isBoolean)
      .then(async (stored) => {
        saveAgainAt = 0
        if (stored && keepsAll)
          await copies.keep(key, { kind: 'saved', value, generation, ttlMs }, localGeneration)
        else await copies.drop(key)
      })
      .catch(() => {})
  }

  const set: LinkedCache['set'] = async (key, value, { ttlMs, generation }, ms) => {
    listen()
    const { subject } = key
    const mark = trust.mark()
    const { localGeneration } = await copies.look(key)
    const keep = (kind: 'saved' | 'unsaved'): Promise<boolean> => {
      const leftMs = ttlMs - elapsedMs(clock, mark.at)
      return copies.keep(key, { kind, value, generation, ttlMs: leftMs }, localGeneration)
    }
    if (isProvisional(generation)) {
      return generation === provisional(localGeneration) ? keep('unsaved') : false
    }
    if (forgets.pending(subject)) return false
    const stored = await guard
      .run('set', () => shared.set(key, value, { ttlMs, generation }), isBoolean, ms)
      .catch(() => undefined)
    if (stored === undefined) return trust.contradicts(subject, generation) ? false : keep('unsaved')
    if (!stored) {
      trust.forget(subject)
      await copies.forget(subject)
      return false
    }
    trust.learn(subject, generation, mark)
    if (keepsAll) await keep('saved')
    else await copies.drop(key)
    return true
  }

  const remove = async (key: TokenKey, ms?: number): Promise<void> => {
    await copies.drop(key)
    const { localGeneration } = await copies.look(key)
    const asked = guard.run('delete', () => shared.delete(key), isAnything, ms)
    await asked.catch(() =>
      copies.keep(key, { kind: 'dropped', value: '', generation: '', ttlMs: droppedForMs }, localGeneration),
    )
  }

  const lease: LinkedCache['lease'] = async (key, ttlMs, ms) => {
    if (shared.lease === undefined) return undefined
    const answer = await guard.run('lease', async () => shared.lease?.(key, ttlMs), isLeaseAnswer, ms)
    return 'held' in answer ? { held: guardedLease(answer.held, guard) } : answer
  }

  const close = async (): Promise<void> => {
    stop()
    const closed = await Promise.allSettled([local, shared].map(async (cache) => cache.close?.()))
    if (closed.some(({ status }) => status === 'rejected')) {
      throw new CacheUnavailableError('the cache could not be closed')
    }
  }

  return {
    local: true,
    async get(key) {
      const { alone, ...answer } = await get(key, { ms: Number.POSITIVE_INFINITY, behind: false })
      return answer
    },
    set: (key, value, how) => set(key, value, how, Number.POSITIVE_INFINITY),
    delete: (key) => remove(key),
    forget: (subject) => forgets.once(subject),
    ...(shared.lease !== undefined && {
      lease: async (key: TokenKey, ttlMs: number) =>
        (await lease(key, ttlMs, Number.POSITIVE_INFINITY)) ?? { busy: true as const },
    }),
    ...(shared.onForget !== undefined && {
      onForget: (listener: (subject: string | undefined) => void) => {
        listen()
        const own = (subject: string | undefined): void => listener(subject)
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    }),
    close,

    [cacheHook](host) {
      const leaving = [hosts.add(host), ...[local, shared].map((cache) => linkOf(cache)?.(host).leave)]
      listen()
      const leave = (): void => {
        for (const each of leaving) each?.()
      }
      const linked: LinkedCache = {
        get bypassed(): boolean {
          return guard.open
        },
        answers: () => guard.answers(),
        atOnce,
        get,
        set,
        delete: remove,
        lease,
        forget: (subject) => forgets.begin(subject),
        leave,
      }
      return { leave, linked }
    },
  }
}
