import { describe, expect, it } from 'vitest'
import { SharedStore } from '../src/shared-store.js'
import { openWorld, userOf } from '../src/world.js'

const fixed = { clientId: undefined, clientSecret: undefined, widgetSecret: undefined }

describe('credentials that are swapped', () => {
  it('under load fail no mint, mix no token, and are in every token within 65 s', async () => {
    await using world = await openWorld()
    const { sandbox, clock } = world
    const { clientId } = sandbox.options
    let current = {
      clientId,
      clientSecret: sandbox.options.clientSecret,
      widgetSecret: sandbox.options.widgetSecret,
    }
    let firstGivenAt = Number.POSITIVE_INFINITY
    const { tokens, settled } = world.start({
      ...fixed,
      credentials: async () => {
        if (current.clientSecret !== sandbox.options.clientSecret)
          firstGivenAt = Math.min(firstGivenAt, clock.now())
        return current
      },
    })
    const seen: string[] = []
    for (let second = 0; second < 200; second += 1) {
      if (second === 50) {
        const { clientSecret, widgetSecret } = sandbox.rotateSecrets()
        current = { clientId, clientSecret, widgetSecret }
        firstGivenAt = clock.now()
      }
      const { widgetToken } = await tokens.mintWidgetToken(userOf(second))
      const { secrets } = await sandbox.openWidgetToken(widgetToken)
      expect(secrets.widgetSecret).toBe(secrets.clientSecret)
      if (second >= 50 && secrets.clientSecret === 'previous') {
        expect(clock.now() - firstGivenAt).toBeLessThanOrEqual(65_000)
      }
      seen.push(secrets.clientSecret)
      await settled()
      clock.pass(1_000)
    }
    expect(seen.slice(50)).toContain('previous')
    expect(seen.at(-1)).toBe('current')
  })

  it('while nobody called are in the first token after that', async () => {
    await using world = await openWorld()
    const { sandbox, clock } = world
    const { clientId } = sandbox.options
    let current = {
      clientId,
      clientSecret: sandbox.options.clientSecret,
      widgetSecret: sandbox.options.widgetSecret,
    }
    // Without a listener, so that nothing but minting asks.
    const { tokens } = world.start({ ...fixed, credentials: () => current, onEvent: undefined })
    await tokens.mintWidgetToken(userOf(1))
    const { clientSecret, widgetSecret, retirePrevious } = sandbox.rotateSecrets()
    current = { clientId, clientSecret, widgetSecret }
    clock.pass(3_600_000)
    retirePrevious()
    const { widgetToken } = await tokens.mintWidgetToken(userOf(1))
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: userOf(1).sub })
  })

  it('after invalid_client are asked for at once, and the exchange is made with the new ones', async () => {
    await using world = await openWorld()
    const { sandbox } = world
    const { clientId } = sandbox.options
    let asked = 0
    let current = { clientId, clientSecret: sandbox.options.clientSecret }
    const { tokens } = world.start({
      ...fixed,
      credentials: () => {
        asked += 1
        return current
      },
    })
    await tokens.getUserAccessToken(userOf(1))
    const rotated = sandbox.rotateSecrets()
    rotated.retirePrevious()
    current = { clientId, clientSecret: rotated.clientSecret }
    expect((await tokens.getUserAccessToken(userOf(2))).accessToken).toBeTypeOf('string')
    expect(asked).toBe(2)
    expect(sandbox.stats().statuses).toEqual({ 200: 2, 401: 1 })
  })

  it('a provider that fails after it once answered disturbs nobody', async () => {
    await using world = await openWorld()
    const { clientId, clientSecret, widgetSecret } = world.sandbox.options
    let answers = true
    const { tokens, settled, events } = world.start({
      ...fixed,
      credentials: async () => {
        if (!answers) throw new Error(`vault is sealed: ${clientSecret}`)
        return { clientId, clientSecret, widgetSecret }
      },
    })
    await tokens.ready()
    answers = false
    for (let minute = 0; minute < 10; minute += 1) {
      world.clock.pass(61_000)
      await tokens.mintWidgetToken(userOf(1))
      await settled()
    }
    expect(events).toContainEqual({ type: 'credentials', outcome: 'configuration', changed: false })
    expect(JSON.stringify(events)).not.toContain(clientSecret)
  })

  it('a provider that has never answered makes ready() and every call fail with the same error', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ ...fixed, credentials: () => Promise.reject(new Error('sealed')) })
    const expected = {
      code: 'configuration',
      retryable: true,
      problems: [expect.stringContaining('credentials')],
    }
    await expect(tokens.ready()).rejects.toMatchObject(expected)
    await expect(tokens.mintWidgetToken(userOf(1))).rejects.toMatchObject(expected)
    await expect(tokens.getAppAccessToken()).rejects.toMatchObject(expected)
  })

  it.each(['forgetUser', 'renewUser'] as const)(
    '%s that is refused for want of credentials is lost: once they come, the token of before is served',
    async (work) => {
      await using world = await openWorld()
      const { clientId, clientSecret, widgetSecret } = world.sandbox.options
      const store = new SharedStore(world.clock)
      let answers = false
      const late = world.start({
        ...fixed,
        cache: store.open(),
        credentials: () => {
          if (!answers) throw new Error('sealed')
          return { clientId, clientSecret, widgetSecret }
        },
      })
      const other = world.start({ cache: store.open() })
      const before = await other.tokens.getUserAccessToken(userOf(1))
      const refused = await Promise.allSettled([
        late.tokens[work](userOf(1)),
        late.tokens.renewUser(userOf(2)),
        late.tokens[work](userOf(1)),
      ])
      expect(refused.map((each) => each.status === 'rejected' && each.reason.code)).toEqual([
        'configuration',
        'configuration',
        'configuration',
      ])
      answers = true
      world.clock.pass(6_000)
      for (const { tokens } of [late, other])
        expect((await tokens.getUserAccessToken(userOf(1))).accessToken).not.toBe(before.accessToken)
    },
  )

  it('nothing of a logout that was refused for want of credentials is done after close()', async () => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    let give: (credentials: object) => void = () => {}
    let asked = 0
    const late = world.start({
      ...fixed,
      cache: store.open(),
      credentials: () => {
        asked += 1
        if (asked === 1) throw new Error('sealed')
        return new Promise<never>((resolve) => {
          give = (credentials) => resolve(credentials as never)
        })
      },
    })
    const other = world.start({ cache: store.open() })
    const before = await other.tokens.getUserAccessToken(userOf(1))
    await expect(late.tokens.forgetUser(userOf(1))).rejects.toMatchObject({ code: 'configuration' })
    world.clock.pass(6_000)
    const call = late.tokens.getUserAccessToken(userOf(1))
    await late.tokens.close()
    const { clientId, clientSecret, widgetSecret } = world.sandbox.options
    give({ clientId, clientSecret, widgetSecret })
    await expect(call).rejects.toMatchObject({ code: 'closed' })
    expect((await other.tokens.getUserAccessToken(userOf(1))).accessToken).toBe(before.accessToken)
  })
})
