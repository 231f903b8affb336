import { AsyncLocalStorage } from 'node:async_hooks'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTesouroTokens, subjectTokenFrom } from '../../src/index.js'
import { createRenewed } from '../../src/lib/renewed-value.js'
import { fakeClock } from '../fake-clock.js'
import { rejectionOf, validOptions, widgetSecret } from '../valid-options.js'

const runtime = vi.hoisted(() => ({ runsInBackground: true }))
vi.mock('../../src/runtime/node.js', async (original) => ({
  ...(await original<typeof import('../../src/runtime/node.js')>()),
  get runsInBackground() {
    return runtime.runsInBackground
  },
}))

beforeEach(() => {
  runtime.runsInBackground = true
})

function setUp() {
  const clock = fakeClock()
  let count = 0
  const ask = vi.fn(async () => {
    count += 1
    return count
  })
  const renewed = createRenewed({ ask, maxAgeMs: 60_000, deadlineMs: 5_000 })
  return { clock, ask, renewed }
}

describe('a renewal where the process may stop after its response', () => {
  it('is waited for when nothing keeps it alive', async () => {
    runtime.runsInBackground = false
    const { clock, renewed } = setUp()
    expect(await renewed.current({ clock })).toBe(1)
    clock.advance(61_000)
    expect(await renewed.current({ clock })).toBe(2)
  })

  it('is handed to waitUntil where there is one, and the old value serves', async () => {
    runtime.runsInBackground = false
    const { clock, renewed } = setUp()
    const waitUntil = vi.fn()
    await renewed.current({ clock, waitUntil })
    clock.advance(61_000)
    expect(await renewed.current({ clock, waitUntil })).toBe(1)
    await Promise.all(waitUntil.mock.calls.flat())
    expect(await renewed.current({ clock, waitUntil })).toBe(2)
  })

  it('is waited for when waitUntil refuses it, as outside a request', async () => {
    runtime.runsInBackground = false
    const { clock, renewed } = setUp()
    const waitUntil = (): void => {
      throw new Error('outside a request')
    }
    await renewed.current({ clock, waitUntil })
    clock.advance(61_000)
    expect(await renewed.current({ clock, waitUntil })).toBe(2)
  })

  it('gives the old value when it fails, and none when its caller has gone', async () => {
    runtime.runsInBackground = false
    const { clock, ask, renewed } = setUp()
    await renewed.current({ clock })
    clock.advance(61_000)
    ask.mockRejectedValueOnce(new Error('down'))
    expect(await renewed.current({ clock })).toBe(1)
    clock.advance(61_000)
    const reason = new Error('gone')
    expect(await rejectionOf(renewed.current({ clock }, AbortSignal.abort(reason)))).toBe(reason)
  })

  it('that never settles, because its request is over, is not joined for ever', async () => {
    const { clock, ask, renewed } = setUp()
    ask.mockImplementationOnce(() => new Promise(() => {}))
    void renewed.current({ clock })
    clock.advance(5_001)
    expect(await renewed.current({ clock })).toBe(1)
  })

  it('does not replace a younger answer when it comes late', async () => {
    const { clock, ask, renewed } = setUp()
    let answer: (value: number) => void = () => {}
    ask.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    const late = renewed.current({ clock })
    clock.advance(5_001)
    await renewed.current({ clock })
    answer(99)
    expect(await late).toBe(99)
    expect(await renewed.current({ clock })).toBe(1)
  })

  it('does not end a younger one when it comes late', async () => {
    const { clock, ask, renewed } = setUp()
    const answers: ((value: number) => void)[] = []
    const waits = (): Promise<number> => new Promise((resolve) => answers.push(resolve))
    ask.mockImplementationOnce(waits).mockImplementationOnce(waits)
    const late = renewed.renew({ clock })
    clock.advance(5_001)
    const younger = renewed.renew({ clock })
    answers[0]?.(98)
    await late
    const joined = renewed.renew({ clock })
    answers[1]?.(99)
    expect(await Promise.all([younger, joined])).toEqual([99, 99])
  })

  it('is as old as its question: what was asked for slowly is asked for again no later', async () => {
    const { clock, ask, renewed } = setUp()
    ask.mockImplementationOnce(async () => {
      clock.advance(4_000)
      return 99
    })
    await renewed.current({ clock })
    clock.advance(56_001)
    await renewed.current({ clock })
    expect(ask).toHaveBeenCalledTimes(2)
  })
})

describe('work that is done for many callers', () => {
  it('runs outside the first caller’s async context', async () => {
    const request = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const note = <Value>(value: Value): Value => {
      seen.push(request.getStore())
      return value
    }
    const tokens = createTesouroTokens({
      ...validOptions(),
      ...{ clientId: undefined, clientSecret: undefined, widgetSecret: undefined },
      credentials: async () => note({ clientId: 'a', clientSecret: 'b', widgetSecret }),
      subjectToken: subjectTokenFrom(async () => note('not a token')),
    })
    const minting = request.run('request 1', () =>
      tokens.mintWidgetToken({ sub: 'u', email: 'u@bank.example' }),
    )
    expect(await rejectionOf(minting)).toMatchObject({ code: 'subject_token' })
    expect(seen).toEqual([undefined, undefined])
  })
})
