import { describe, expect, it, vi } from 'vitest'
import { createCredentialsHolder } from '../../src/configuration/credentials.js'
import { readOptions } from '../../src/configuration/read-options.js'
import { createTesouroTokens, type TesouroCredentials, type TesouroTokensEvent } from '../../src/index.js'
import { createObserver } from '../../src/observer.js'
import { fakeClock } from '../fake-clock.js'
import { leaked } from '../leaked.js'
import { rejectionOf, validOptions, widgetSecret } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const old: TesouroCredentials = { clientId: 'client-1', clientSecret: 'old-secret', widgetSecret }
const fresh: TesouroCredentials = {
  clientId: 'client-1',
  clientSecret: 'new-secret',
  widgetSecret: widgetSecret.replace('0', '1'),
}
const noOptions = { clientId: undefined, clientSecret: undefined, widgetSecret: undefined }

function setUp(credentials: () => TesouroCredentials | Promise<TesouroCredentials>, deadlineMs?: number) {
  const clock = fakeClock()
  const events: TesouroTokensEvent[] = []
  const background: Promise<unknown>[] = []
  const options = validOptions({
    ...noOptions,
    credentials,
    clock,
    onEvent: (event) => events.push(event),
    waitUntil: (work) => background.push(work),
  })
  const settings = readOptions(options)
  const observer = createObserver(settings)
  return {
    clock,
    events,
    holder: createCredentialsHolder({ settings, observer, ...(deadlineMs !== undefined && { deadlineMs }) }),
    tokens: createTesouroTokens(options),
    /** Waits for what went on after the answers. */
    async settled() {
      await Promise.all(background.splice(0))
    },
  }
}

describe('credentials from a function', () => {
  it('are asked for at first use, once for however many callers', async () => {
    const ask = vi.fn(async () => old)
    const { tokens } = setUp(ask)
    expect(ask).not.toHaveBeenCalled()
    await Promise.all(Array.from({ length: 100 }, () => tokens.mintWidgetToken(user)))
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it('are rotated under load without a failed mint, a mixed token, or old secrets 65 s after the new ones came', async () => {
    let given = old
    let firstNew: number | undefined
    const { clock, tokens, settled } = setUp(async () => {
      if (given === fresh) firstNew ??= clock.now()
      return given
    })
    const newOnes: number[] = []
    for (let second = 0; second < 300; second += 1) {
      if (second === 100) given = fresh
      const { widgetToken } = await tokens.mintWidgetToken(user)
      const opened = await Promise.any([
        openWidgetToken(widgetToken, old.widgetSecret).then(({ payload }) => [
          payload.client_secret,
          'old-secret',
        ]),
        openWidgetToken(widgetToken, fresh.widgetSecret).then(({ payload }) => [
          payload.client_secret,
          'new-secret',
        ]),
      ])
      expect(opened[0]).toBe(opened[1])
      if (opened[0] === 'new-secret') newOnes.push(clock.now())
      else expect(clock.now()).toBeLessThan((firstNew ?? Number.POSITIVE_INFINITY) + 65_000)
      clock.advance(1_000)
      await settled()
    }
    expect(newOnes.length).toBeGreaterThan(100)
  })

  it('are asked for again when the wall clock was set back', async () => {
    const ask = vi.fn(async () => old)
    const { clock, holder, settled } = setUp(ask)
    await holder.current()
    clock.setBack(3_600_000)
    clock.advance(61_000)
    await holder.current()
    await settled()
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it('stay the same object as long as their values do, so that keys are imported once', async () => {
    const ask = vi.fn(async () => ({ ...old }))
    const { clock, holder, settled } = setUp(ask)
    const first = await holder.current()
    clock.advance(61_000)
    await holder.current()
    await settled()
    expect(ask).toHaveBeenCalledTimes(2)
    expect(await holder.current()).toBe(first)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('canary'))],
    ['gives rubbish', async () => ({ clientId: '' }) as TesouroCredentials],
  ])('serve on while the function %s, which is asked again no more often than every 5 s', async (_, fail) => {
    const ask = vi.fn(async () => old)
    const { clock, holder, events, settled } = setUp(ask)
    const good = await holder.current()
    ask.mockImplementation(fail as () => Promise<typeof old>)
    clock.advance(61_000)
    for (let call = 0; call < 100; call += 1) {
      expect(await holder.current()).toBe(good)
      await settled()
      clock.advance(100)
    }
    expect(ask).toHaveBeenCalledTimes(1 + 2)
    const told = events.filter((event) => event.type === 'credentials')
    expect(told).toEqual([
      { type: 'credentials', outcome: 'ok', changed: true },
      { type: 'credentials', outcome: 'configuration', changed: false },
      { type: 'credentials', outcome: 'configuration', changed: false },
    ])
    ask.mockImplementation(async () => fresh)
    clock.advance(5_000)
    await holder.current()
    await settled()
    expect((await holder.current()).clientSecret).toBe('new-secret')
  })

  it('that are not there yet give a retryable error without the function’s words, and are asked for again', async () => {
    const ask = vi.fn(async () => old).mockRejectedValueOnce(new Error('canary-vault'))
    const { tokens } = setUp(ask)
    const error = await rejectionOf(tokens.ready())
    expect(error).toMatchObject({ code: 'configuration', retryable: true })
    expect(leaked(error, ['canary'])).toEqual([])
    await expect(tokens.mintWidgetToken(user)).resolves.toBeDefined()
  })

  it('that do not come in time give a retryable error', async () => {
    const { holder } = setUp(() => new Promise(() => {}), 5)
    const error = await rejectionOf(Promise.resolve(holder.current()))
    expect(error).toMatchObject({ code: 'configuration', retryable: true })
    expect(String(error)).toContain('returned nothing within')
  })

  it('are given up by a caller who goes away, and by nobody else', async () => {
    let answer: (credentials: TesouroCredentials) => void = () => {}
    const { holder } = setUp(() => new Promise((resolve) => (answer = resolve)))
    const caller = new AbortController()
    const [gone, stays] = [holder.current({ signal: caller.signal }), holder.current()]
    const reason = new Error('gone')
    caller.abort(reason)
    await expect(gone).rejects.toBe(reason)
    answer(old)
    await expect(stays).resolves.toMatchObject({ clientId: 'client-1' })
  })

  it('that are wrong are refused whole, every problem named, no value shown, and not retryable', async () => {
    const wrong = { clientId: 'canary-id\n', clientSecret: '', widgetSecret: 'canary-widget' }
    const { tokens } = setUp(() => wrong)
    const error = await rejectionOf(tokens.ready())
    expect(error).toMatchObject({ code: 'configuration', retryable: false })
    const { problems } = error as { problems: string[] } & Error
    for (const name of Object.keys(wrong))
      expect(problems.join('\n')).toContain(`credentials: ${name} in its answer`)
    expect(problems).toHaveLength(3)
    expect(leaked(error, ['canary'])).toEqual([])
  })

  it.each([undefined, null, 'canary', 7])('are no object: %j', async (answer) => {
    const error = await rejectionOf(setUp(() => answer as never).tokens.ready())
    expect(error).toMatchObject({ code: 'configuration', retryable: false })
    expect(leaked(error, ['canary'])).toEqual([])
  })

  it('without a widget secret are enough for everything but minting, which says what is missing', async () => {
    const { tokens } = setUp(() => ({ clientId: 'a', clientSecret: 'b' }))
    await tokens.ready()
    const error = await rejectionOf(tokens.mintWidgetToken(user))
    expect(String(error)).toContain('credentials: its answer has no widgetSecret')
  })

  it('show no secret when they are printed', async () => {
    const held = await setUp(() => old).holder.current()
    expect(JSON.stringify(held)).toBe('{}')
    expect(JSON.stringify({ ...held })).toBe('{}')
  })
})

describe('credentials that the platform refused', () => {
  it('are asked for at once, and given if another client secret comes', async () => {
    const ask = vi.fn(async () => old)
    const { holder } = setUp(ask)
    const refused = await holder.current()
    ask.mockImplementation(async () => fresh)
    const answers = await Promise.all(Array.from({ length: 20 }, () => holder.afterRefusal(refused)))
    expect(new Set(answers.map((answer) => answer?.clientSecret))).toEqual(new Set(['new-secret']))
    expect(ask).toHaveBeenCalledTimes(2)
    expect((await holder.afterRefusal(refused))?.clientSecret).toBe('new-secret')
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it('are asked for no more than once in 30 s, and the same ones are not given again', async () => {
    const ask = vi.fn(async () => old)
    const { clock, holder } = setUp(ask)
    const refused = await holder.current()
    for (let second = 0; second < 60; second += 1) {
      expect(await holder.afterRefusal(refused)).toBeUndefined()
      clock.advance(1_000)
    }
    expect(ask).toHaveBeenCalledTimes(1 + 2)
  })

  it('are not worth another try when only the widget secret is new', async () => {
    const ask = vi.fn(async () => old)
    const { holder } = setUp(ask)
    const refused = await holder.current()
    ask.mockImplementation(async () => ({ ...old, widgetSecret: fresh.widgetSecret }))
    expect(await holder.afterRefusal(refused)).toBeUndefined()
  })

  it('give nothing while the function fails, and nothing at all when they are fixed', async () => {
    const ask = vi.fn(async () => old)
    const { holder } = setUp(ask)
    const refused = await holder.current()
    ask.mockRejectedValue(new Error('canary'))
    expect(await holder.afterRefusal(refused)).toBeUndefined()
    const settings = readOptions(validOptions())
    const fixed = createCredentialsHolder({ settings, observer: createObserver({}) })
    expect(await fixed.afterRefusal(await fixed.current())).toBeUndefined()
  })
})
