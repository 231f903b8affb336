import { layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { Line, rejects } from '../../../../conformance/src/line.js'
import { ManualClock } from '../../../../conformance/src/manual-clock.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf } from '../../../../conformance/src/world.js'

const key = { subject: 'user', variant: 'one' }
const ttlMs = 60_000

describe('a logout on its way into the store', () => {
  let store: SharedStore
  let behind: TokenCache
  /** How often the store was asked to forget somebody. */
  let tries: Map<string, number>

  beforeEach(() => {
    store = new SharedStore(new ManualClock())
    behind = store.open()
    tries = new Map()
  })

  const triesOf = (subject: string): number => tries.get(subject) ?? 0
  /** Memory in front of the store, whose `forget` is this. */
  const inFront = (forget: TokenCache['forget'], more: Partial<TokenCache> = {}): TokenCache =>
    layeredTokenCache({
      shared: {
        ...behind,
        ...more,
        forget: (subject) => {
          tries.set(subject, triesOf(subject) + 1)
          return forget(subject)
        },
      },
    })
  /** Begins a logout. Whether the first try succeeds is told to nobody. */
  const logOut = (front: TokenCache, subject = key.subject): void =>
    void front.forget(subject).catch(() => {})

  it('is not tried once more while a try is under way', async () => {
    const front = inFront((subject) => (subject === 'slow' ? new Promise(() => {}) : rejects()))
    for (const subject of ['slow', 'failing']) logOut(front, subject)
    await expect.poll(() => triesOf('failing')).toBeGreaterThanOrEqual(2)
    expect(triesOf('slow')).toBe(1)
    await front.close?.()
  })

  it('waits behind none that the store never takes', async () => {
    const front = inFront((subject) => (subject === 'late' ? behind.forget(subject) : rejects()))
    // After these, the guard is open: the late one is not tried before it is closed, and then comes after them.
    await Promise.allSettled(Array.from({ length: 20 }, (_, n) => front.forget(`stuck-${n}`)))
    logOut(front, 'late')
    await expect.poll(() => triesOf('late')).toBe(1)
    await front.close?.()
  })

  it('is not taken for recorded because an earlier one is', async () => {
    let recordFirst = (): void => {}
    const first = new Promise<void>((resolve) => {
      recordFirst = resolve
    })
    const answers = [() => first.then(() => behind.forget(key.subject)), rejects]
    const front = inFront((subject) => answers.shift()?.() ?? behind.forget(subject))
    logOut(front)
    logOut(front)
    recordFirst()
    await expect.poll(() => triesOf(key.subject)).toBe(3)
  })

  it('is tried again although others were tried again before, and recorded', async () => {
    const front = inFront((subject) => (triesOf(subject) === 1 ? rejects() : behind.forget(subject)))
    for (const subject of ['first', 'second', 'third']) {
      logOut(front, subject)
      await expect.poll(() => triesOf(subject)).toBe(2)
      await new Promise(setImmediate)
    }
  })

  it('is over before a call hears what the store said before it: none of that is served', async () => {
    await behind.set(key, 'old', { ttlMs, generation: '0' })
    let wasRead = (): void => {}
    let wasRecorded = (): void => {}
    const read = new Promise<void>((resolve) => {
      wasRead = resolve
    })
    const recorded = new Promise<void>((resolve) => {
      wasRecorded = resolve
    })
    const get: TokenCache['get'] = async (asked) => {
      const answer = await behind.get(asked)
      wasRead()
      await recorded
      return answer
    }
    const front = inFront((subject) => read.then(() => behind.forget(subject)), { get })
    const call = front.get(key)
    await front.forget(key.subject)
    wasRecorded()
    expect((await call).value).toBeUndefined()
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('and given up when the cache was closed keeps nobody from it who uses it again', async () => {
    const line = new Line(store)
    const front = layeredTokenCache({ shared: line.cache })
    line.failure = rejects
    logOut(front)
    await front.close?.()
    line.failure = undefined
    const { generation } = await front.get(key)
    expect(await front.set(key, 'token', { ttlMs, generation })).toBe(true)
    expect(store.values()).toEqual(['token'])
  })
})

it('a second logout, which revokes, forgets what the first one dropped and did not revoke', async () => {
  await using world = await openWorld()
  const line = new Line(new SharedStore(world.clock))
  const user = userOf(1)
  const { tokens } = world.start({
    cache: layeredTokenCache({ shared: line.cache }),
    revocationPath: world.sandbox.revocationPath,
  })
  line.failure = rejects
  const { accessToken } = await tokens.getUserAccessToken(user)
  const logouts = [
    tokens.forgetUser({ sub: user.sub }),
    tokens.forgetUser({ sub: user.sub }, { revoke: true }),
  ]
  line.failure = undefined
  expect((await Promise.all(logouts)).map(({ revoked }) => revoked)).toEqual([0, 1])
  expect(world.sandbox.openAccessToken(accessToken)?.active).toBe(false)
})
