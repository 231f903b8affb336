import { subjectTokenFrom, type TokenCache } from '@tesouro-tokens/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { ManualClock } from '../../../../conformance/src/manual-clock.js'
import { openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const lifetimes = [60, 240, 3_600, 3 * 86_400]
const windowOf = (lifetime: number): number => Math.min(300, 0.2 * lifetime)

/** A number between 0 and 1 that is the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Makes calls for `seconds`, at odd moments, and tells how many got a token that the platform would refuse. */
async function callFor(
  world: World,
  { tokens, settled }: Process,
  options: { seconds: number; meanGap: number; random: () => number; between?: (clock: ManualClock) => void },
): Promise<{ served: number; expired: number; failed: number }> {
  const counts = { served: 0, expired: 0, failed: 0 }
  const end = world.clock.truth.now() + options.seconds * 1_000
  while (world.clock.truth.now() < end) {
    const answer = await tokens.getUserAccessToken(userOf(1)).catch(() => undefined)
    if (answer === undefined) counts.failed += 1
    else {
      counts.served += 1
      if (!world.sandbox.openAccessToken(answer.accessToken)?.active) counts.expired += 1
    }
    await settled()
    world.clock.pass(options.random() * 2 * options.meanGap * 1_000)
    options.between?.(world.clock)
  }
  return counts
}

describe('a token is replaced before it expires, and no more often than it must be', () => {
  for (const lifetime of lifetimes) {
    it(`no expired token and no needless exchange over 25 lifetimes of ${lifetime} s`, async () => {
      await using world = await openWorld({ accessTokenLifetimeSeconds: lifetime })
      const process = world.start()
      const seconds = 25 * lifetime
      const random = randomNumbers(lifetime)
      const counts = await callFor(world, process, { seconds, meanGap: lifetime / 25, random })
      expect(counts).toMatchObject({ expired: 0, failed: 0 })
      expect(counts.served).toBeGreaterThan(400)
      expect(world.exchanges()).toBeLessThanOrEqual(1 + Math.floor(seconds / (lifetime - windowOf(lifetime))))
    })

    it(`every call is served while the platform is down in the last part of ${lifetime} s`, async () => {
      await using world = await openWorld({ accessTokenLifetimeSeconds: lifetime })
      const process = world.start()
      await process.tokens.getUserAccessToken(userOf(1))
      world.clock.pass((lifetime - 0.75 * windowOf(lifetime)) * 1_000)
      world.sandbox.faults.status(503)
      for (let left = 0.7 * windowOf(lifetime); left > 0; left -= windowOf(lifetime) / 30) {
        const { accessToken, expiresAt } = await process.tokens.getUserAccessToken(userOf(1))
        expect(world.sandbox.openAccessToken(accessToken)?.active).toBe(true)
        expect(expiresAt).toBeGreaterThan(world.clock.now())
        await process.settled()
        world.clock.pass((windowOf(lifetime) / 30) * 1_000)
      }
      expect(
        process.events.some((event) => event.type === 'refresh' && event.outcome === 'upstream_unavailable'),
      ).toBe(true)
    })
  }

  it('a refresh that fails is tried again after 5 s, then ever more seldom', async () => {
    await using world = await openWorld({ accessTokenLifetimeSeconds: 3_600 })
    const { tokens, settled } = world.start()
    await tokens.getUserAccessToken(userOf(1))
    world.clock.pass(3_400_000)
    world.sandbox.faults.status(503)
    const triedAt: number[] = []
    for (let second = 0; second < 195; second += 1) {
      const before = world.exchanges()
      await tokens.getUserAccessToken(userOf(1))
      await settled()
      if (world.exchanges() > before) triedAt.push(second)
      world.clock.pass(1_000)
    }
    const gaps = triedAt.slice(1).map((second, index) => second - (triedAt[index] ?? 0))
    expect(triedAt[0]).toBe(0)
    expect(gaps[0]).toBeGreaterThanOrEqual(5)
    expect(gaps[0]).toBeLessThanOrEqual(7)
    expect(gaps[1]).toBeGreaterThanOrEqual(10)
    expect(gaps[2]).toBeGreaterThanOrEqual(20)
    // Also in the last half minute, in which a call would otherwise wait for the exchange.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5)
    expect(triedAt.length).toBeLessThanOrEqual(6)
  })

  it('an ageing token is served at once, and replaced in the background by one exchange', async () => {
    await using world = await openWorld({ accessTokenLifetimeSeconds: 240 })
    const { tokens, events, settled } = world.start()
    const first = await tokens.getUserAccessToken(userOf(1))
    world.clock.pass(220_000)
    world.sandbox.faults.slow(100)
    for (let call = 0; call < 50; call += 1) {
      expect((await tokens.getUserAccessToken(userOf(1))).accessToken).toBe(first.accessToken)
    }
    await settled()
    expect((await tokens.getUserAccessToken(userOf(1))).accessToken).not.toBe(first.accessToken)
    expect(world.exchanges()).toBe(2)
    expect(events.filter((event) => event.type === 'refresh')).toMatchObject([
      { background: true, outcome: 'ok' },
    ])
  })

  it('a token that might expire on its way to the platform is replaced before the call is answered', async () => {
    for (const [lifetime, left] of [
      [3_600, 29],
      [60, 2],
    ] as const) {
      await using world = await openWorld({ accessTokenLifetimeSeconds: lifetime })
      const { tokens } = world.start()
      const first = await tokens.getUserAccessToken(userOf(1))
      world.clock.pass((lifetime - left) * 1_000)
      expect((await tokens.getUserAccessToken(userOf(1))).accessToken).not.toBe(first.accessToken)
      expect(world.exchanges()).toBe(2)
    }
  })

  it('a token without expires_in is not kept', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    world.sandbox.faults.answer({
      body: JSON.stringify({
        access_token: 'no-life-told',
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
    })
    expect(await tokens.getUserAccessToken(userOf(1))).toMatchObject({ expiresAt: undefined })
    await tokens.getUserAccessToken(userOf(1))
    expect(world.sandbox.stats().total).toBe(2)
  })

  it('life counts from before the request: a slow answer does not lengthen it', async () => {
    await using world = await openWorld({ accessTokenLifetimeSeconds: 60 })
    const { tokens } = world.start({
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        world.clock.pass(20_000)
        return response
      },
    })
    const { expiresAt } = await tokens.getUserAccessToken(userOf(1))
    expect(expiresAt).toBe(world.clock.now() + 40_000)
  })
})

describe('clocks that are wrong', () => {
  /** A platform whose subject tokens are good whatever this process's clock says. */
  async function openWrongWorld(lifetime: number): Promise<{ world: World; process: Process }> {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const key = await exportJWK(publicKey)
    const world = await openWorld({
      accessTokenLifetimeSeconds: lifetime,
      clients: [{ clientId: 'client', subjectTokenKeys: [{ key, algorithm: 'ES256' }] }],
    })
    const subjectToken = subjectTokenFrom(async ({ sub, email }) => {
      const now = Math.floor(world.clock.truth.now() / 1_000)
      return new SignJWT({ email })
        .setProtectedHeader({ alg: 'ES256' })
        .setSubject(sub)
        .setIssuedAt(now)
        .setExpirationTime(now + 7_200)
        .sign(privateKey)
    })
    return { world, process: world.start({ subjectToken }) }
  }

  for (const lifetime of lifetimes) {
    it(`steps of ten minutes either way never get an expired token served (${lifetime} s)`, async () => {
      const { world, process } = await openWrongWorld(lifetime)
      await using _ = world
      const random = randomNumbers(lifetime + 1)
      let skew = 0
      const between = (clock: ManualClock): void => {
        if (random() > 0.1) return
        const step = skew !== 0 ? -skew : random() < 0.5 ? 600_000 : -600_000
        skew += step
        clock.step(step)
      }
      const counts = await callFor(world, process, {
        seconds: 12 * lifetime,
        meanGap: lifetime / 25,
        random,
        between,
      })
      expect(counts).toMatchObject({ expired: 0, failed: 0 })
    })

    it(`a freeze of two hours never gets an expired token served (${lifetime} s)`, async () => {
      const { world, process } = await openWrongWorld(lifetime)
      await using _ = world
      const random = randomNumbers(lifetime + 2)
      const between = (clock: ManualClock): void => {
        if (random() < 0.05) clock.freeze(7_200_000)
      }
      const counts = await callFor(world, process, {
        seconds: 25 * lifetime,
        meanGap: lifetime / 25,
        random,
        between,
      })
      expect(counts).toMatchObject({ expired: 0, failed: 0 })
    })
  }

  it('a cache that never lets go of a value and tells no age does not get an expired token served', async () => {
    const { world } = await openWrongWorld(60)
    await using _ = world
    const values = new Map<string, string>()
    const careless: TokenCache = {
      get: async ({ variant }) => {
        const value = values.get(variant)
        return value === undefined ? { generation: '0' } : { value, generation: '0' }
      },
      set: async ({ variant }, value) => values.set(variant, value) === values,
      delete: async ({ variant }) => void values.delete(variant),
      forget: async () => [],
    }
    const { tokens } = world.start({ cache: careless, subjectToken: world.sandbox.options.subjectToken })
    const first = await tokens.getUserAccessToken(userOf(1))
    world.clock.pass(30_000)
    world.clock.step(-45_000)
    expect((await tokens.getUserAccessToken(userOf(1))).accessToken).toBe(first.accessToken)
    world.clock.pass(31_000)
    expect((await tokens.getUserAccessToken(userOf(1))).accessToken).not.toBe(first.accessToken)
  })

  it('a token that expired while it was on its way is asked for again, not served', async () => {
    const { world } = await openWrongWorld(60)
    await using _ = world
    let frozen = false
    const { tokens } = world.start({
      subjectToken: world.sandbox.options.subjectToken,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        if (!frozen) world.clock.freeze(7_200_000)
        frozen = true
        return response
      },
    })
    const { accessToken } = await tokens.getUserAccessToken(userOf(1))
    expect(world.sandbox.openAccessToken(accessToken)?.active).toBe(true)
    expect(world.exchanges()).toBe(2)
  })
})
