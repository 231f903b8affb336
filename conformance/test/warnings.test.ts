import { afterEach, beforeEach, expect, it } from 'vitest'
import { hangs, Line } from '../src/line.js'
import { SharedStore } from '../src/shared-store.js'
import { atOnce, openWorld, userOf, type World } from '../src/world.js'

let world: World
const warnings: string[] = []
const onWarning = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`)

beforeEach(async () => {
  world = await openWorld()
  warnings.length = 0
  process.on('warning', onWarning)
})
afterEach(async () => {
  process.off('warning', onWarning)
  await world[Symbol.asyncDispose]()
})

/** Warnings are told one turn of the event loop later. */
const told = async (): Promise<string[]> => {
  await new Promise(setImmediate)
  return warnings
}

it('many logouts that a store does not record at once are not taken for a leak', async () => {
  const line = new Line(new SharedStore(world.clock))
  const { tokens } = world.start({ cache: line.cache })
  line.failure = hangs
  const logouts = Array.from({ length: 20 }, (_, index) => tokens.forgetUser({ sub: userOf(index).sub }))
  const ends = await Promise.allSettled(logouts)
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(await told()).toEqual([])
})

it('many revocations at once are not taken for a leak', async () => {
  const { tokens } = world.start({ revocationPath: '/v1/auth/revoke' })
  const user = userOf(1)
  await atOnce(20, (index) => tokens.getUserAccessToken({ ...user, claims: { device: index } }))
  const forgotten = await tokens.forgetUser(user, { revoke: true })
  expect(forgotten).toEqual({ forgotten: 20, revoked: 20, failed: 0 })
  expect(await told()).toEqual([])
})
