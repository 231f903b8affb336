import { expect, it } from 'vitest'
import { openIsolate } from './isolate.js'

// A worker's requests share the instance, and no object that belongs to one of them: an AbortSignal, for one, throws
// wherever another request looks at it.

it('a person logs out of a worker once, and never again', async () => {
  await using isolate = await openIsolate()
  for (let logouts = 1; logouts <= 3; logouts++) {
    await isolate.ask('get')
    expect(await isolate.ask('forget')).toEqual({ forgotten: 1, revoked: 1, failed: 0 })
  }
  expect(isolate.exchanges()).toBe(3)
})

it('a second request that waits until everything is ready gets an error', async () => {
  await using isolate = await openIsolate()
  expect(await isolate.ask('ready')).toEqual({})
  expect(await isolate.ask('ready')).toEqual({})
})

it('a logout fails, or does not end what another request has begun', async () => {
  await using isolate = await openIsolate()
  const answers = isolate.sandbox.faults.hang({ on: 'token' })
  const begun = isolate.ask('get')
  await expect.poll(() => isolate.exchanges()).toBe(1)
  expect(await isolate.ask('forget')).toEqual({ forgotten: 0, revoked: 0, failed: 0 })
  expect(await begun).toEqual({ failed: 'user_forgotten' })
  answers()
  expect(await isolate.ask('get')).toHaveProperty('accessToken')
})

it('close() fails, or leaves what another request has begun without an answer', async () => {
  await using isolate = await openIsolate()
  isolate.sandbox.faults.hang({ on: 'token' })
  const begun = isolate.ask('get')
  await expect.poll(() => isolate.exchanges()).toBe(1)
  expect(await isolate.ask('close')).toEqual({})
  expect(await begun).toEqual({ failed: 'closed' })
  expect(await isolate.ask('get')).toEqual({ failed: 'closed' })
})

it('requests that have to wait for their turn wait for one that is over', async () => {
  await using isolate = await openIsolate({ realTime: true })
  const users = Array.from({ length: 40 }, (_, index) => isolate.ask('get', `user-of-${index}`))
  for (const answer of await Promise.all(users)) expect(answer).toHaveProperty('accessToken')
  expect(isolate.exchanges()).toBe(40)
})
