import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { memoryTokenCache, signedSubjectToken, type TokenCache } from '../../src/index.js'
import { json } from '../token-endpoint/scripted-server.js'
import { errorOf, goodAnswer } from '../token-endpoint/set-up.js'
import { type Rig, setUp } from './set-up.js'

/** Holds whoever waits for `passed`, until it is opened. */
function gate(): { passed: Promise<void>; open(): void } {
  let open = (): void => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

/** A call that has its slot and looks into a slow store, while the call before it is at the platform. */
async function betweenSlotAndSend(): Promise<
  Rig & { first: Promise<unknown>; second: Promise<unknown>; refuse(seconds: string): void; look(): void }
> {
  let ahead = 0
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead }
  const held = gate()
  const reached = gate()
  const memory = memoryTokenCache()
  // A store of one's own that tells of no logout: it is read again before a request is sent that has waited for long.
  const cache: TokenCache = {
    async get(key) {
      if (ahead > 0) reached.open()
      if (ahead > 0) await held.passed
      return memory.get(key)
    },
    set: (key, value, options) => memory.set(key, value, options),
    delete: (key) => memory.delete(key),
    forget: (subject, logout) => memory.forget(subject, logout),
  }
  let signed = 0
  const sign = (): Uint8Array => {
    signed += 1
    if (signed === 2) ahead = 1_500
    return new Uint8Array(64).fill(1)
  }
  const answers: ServerResponse[] = []
  const rig = await setUp(
    (response) => (answers.length > 0 ? json(response, 200, goodAnswer) : answers.push(response)),
    {
      cache,
      clock,
      timeouts: { cacheMs: 15_000 },
      subjectToken: signedSubjectToken({ algorithm: 'ES256', sign }),
    },
  )
  const first = rig.exchange()
  await expect.poll(() => answers.length).toBe(1)
  const second = rig.exchange()
  await reached.passed
  return {
    ...rig,
    first,
    second,
    refuse: (seconds) => answers[0] && json(answers[0], 429, {}, { 'retry-after': seconds }),
    look: held.open,
  }
}

test('a request leaves during a pause that began while its call looked into the store', async () => {
  const { first, second, refuse, look, seen } = await betweenSlotAndSend()
  refuse('60')
  await errorOf(first)
  look()
  expect(await errorOf(second)).toMatchObject({ code: 'rate_limited' })
  expect(seen().tokens).toBe(1)
})

test('a short pause that began while a call looked into the store is not waited for, or fails the call', async () => {
  const { first, second, refuse, look, server } = await betweenSlotAndSend()
  const refusedAt = performance.now()
  refuse('1')
  await errorOf(first)
  look()
  await second
  expect(server.seen).toHaveLength(2)
  expect((server.seen[1]?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(1_000)
})
