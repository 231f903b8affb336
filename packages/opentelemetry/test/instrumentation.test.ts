import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { context, metrics, trace } from '@opentelemetry/api'
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { openWorld, userOf } from '@tesouro-tokens/conformance/world'
import type { TesouroTokensTrace } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TesouroTokensInstrumentation, type TesouroTokensInstrumentationConfig } from '../src/index.js'
import { Collected } from './collected.js'
import { walk } from './walk.js'

describe('the instrumentation', () => {
  let collected: Collected
  const made: Instrumentation[] = []
  beforeEach(() => {
    collected = new Collected()
  })
  afterEach(async () => {
    for (const instrumentation of made.splice(0)) instrumentation.disable()
    await collected[Symbol.asyncDispose]()
  })

  function register(config?: TesouroTokensInstrumentationConfig): TesouroTokensInstrumentation {
    const instrumentation = new TesouroTokensInstrumentation(config)
    made.push(instrumentation)
    const { tracerProvider, meterProvider } = collected
    registerInstrumentations({ instrumentations: [instrumentation], tracerProvider, meterProvider })
    return instrumentation
  }
  const metricNames = async (): Promise<string[]> =>
    (await collected.metrics()).scopeMetrics.flatMap(({ metrics }) =>
      metrics.map(({ descriptor }) => descriptor.name),
    )
  /** The attributes of every point of a metric. */
  const pointsOf = async (name: string): Promise<unknown[]> =>
    (await collected.metrics()).scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes))

  test('an exchange stands under another request than the one that caused it', async () => {
    await using world = await openWorld()
    register()
    const { tokens } = world.start()
    const calls = Array.from({ length: 20 }, (_, n) =>
      collected.request(`request ${n}`, () => tokens.getUserAccessToken(userOf(n))),
    )
    await Promise.all(calls)
    const traceOf = (span: ReadableSpan): string => span.spanContext().traceId
    const requests = collected.spans.filter(({ name }) => name.startsWith('request ')).map(traceOf)
    expect(new Set(requests).size).toBe(20)
    expect(collected.named('tesouro_tokens.exchange').map(traceOf).sort()).toEqual(requests.sort())
  })

  test('what a request sends for a token has another parent than the exchange', async () => {
    await using world = await openWorld()
    register()
    const parents: (string | undefined)[] = []
    const { tokens } = world.start({
      fetch: (...given) => {
        parents.push(trace.getActiveSpan()?.spanContext().spanId)
        return fetch(...given)
      },
    })
    await collected.request('GET /', () => tokens.getUserAccessToken(userOf(1)))
    const [exchange] = collected.named('tesouro_tokens.exchange')
    expect(parents).toEqual([exchange?.spanContext().spanId])
  })

  test('another subscriber loses the context in which it lets work run', async () => {
    await using world = await openWorld()
    const own = new AsyncLocalStorage<string>()
    const begin = (message: unknown): void => {
      const traced = message as TesouroTokensTrace
      traced.run = (work) => own.run('of another subscriber', work)
    }
    subscribe('tracing:tesouro-tokens:exchange:start', begin)
    onTestFinished(() => void unsubscribe('tracing:tesouro-tokens:exchange:start', begin))
    register()
    const seen: unknown[] = []
    const { tokens } = world.start({
      fetch: (...given) => {
        seen.push(own.getStore(), trace.getActiveSpan() !== undefined)
        return fetch(...given)
      },
    })
    await tokens.getUserAccessToken(userOf(1))
    expect(seen).toEqual(['of another subscriber', true])
  })

  test('a user, a token or a secret is in an attribute', async () => {
    register()
    await walk(collected)
    const shown = JSON.stringify([
      collected.spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
      (await collected.metrics()).scopeMetrics,
    ])
    expect(shown).toContain('tesouro_tokens.exchange')
    expect(shown).not.toMatch(/user-\d|@bank|eyJ|\.user|client_secret/)
    // A user's name in events is 32 hex digits.
    expect(shown).not.toMatch(/"[0-9a-f]{32}"/)
  })

  test('a failed exchange looks like one that went well', async () => {
    await using world = await openWorld()
    register()
    const { tokens } = world.start()
    world.sandbox.faults.status(503)
    await expect(tokens.getUserAccessToken(userOf(1))).rejects.toThrow()
    const [exchange] = collected.named('tesouro_tokens.exchange')
    expect(exchange?.status).toEqual({ code: 2 })
    expect(exchange?.attributes).toMatchObject({
      'error.type': 'upstream_unavailable',
      'http.response.status_code': 503,
      'tesouro_tokens.attempts': 1,
    })
  })

  test('an exchange that got no answer has the status of another one', async () => {
    await using world = await openWorld()
    register()
    const { tokens } = world.start({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    await expect(tokens.getUserAccessToken(userOf(1))).rejects.toThrow()
    expect(await pointsOf('tesouro_tokens.exchange.duration')).toStrictEqual([
      { 'tesouro_tokens.grant': 'token_exchange', 'error.type': 'upstream_unavailable' },
    ])
  })

  test('a refresh in the background that no request has caused is not traced', async () => {
    await using world = await openWorld()
    register()
    const { tokens, settled } = world.start()
    await tokens.getUserAccessToken(userOf(1))
    world.clock.pass(3_400_000)
    await tokens.getUserAccessToken(userOf(1))
    await settled()
    const [, refresh] = collected.named('tesouro_tokens.obtain')
    expect(refresh?.attributes).toEqual({ 'tesouro_tokens.background': true })
    expect(refresh?.links).toEqual([])
  })

  test('a clock that was set right again stays wrong in the metrics', async () => {
    await using world = await openWorld()
    register()
    const { tokens } = world.start()
    const ahead = async (): Promise<unknown> => {
      const all = (await collected.metrics()).scopeMetrics.flatMap(({ metrics }) => metrics)
      return all.find(({ descriptor }) => descriptor.name === 'tesouro_tokens.clock.difference')
        ?.dataPoints[0]?.value
    }
    world.clock.step(120_000)
    await tokens.getUserAccessToken(userOf(1))
    expect(await ahead()).toBeCloseTo(120, -1)
    world.clock.step(-120_000)
    await tokens.getUserAccessToken(userOf(2))
    expect(await ahead()).toBe(0)
  })

  test('an SDK that starts after the first call gets nothing', async () => {
    await using world = await openWorld()
    const instrumentation = new TesouroTokensInstrumentation()
    made.push(instrumentation)
    const { tokens } = world.start()
    await tokens.mintWidgetToken(userOf(1))
    trace.setGlobalTracerProvider(collected.tracerProvider)
    metrics.setGlobalMeterProvider(collected.meterProvider)
    await tokens.mintWidgetToken(userOf(1))
    expect(collected.named('tesouro_tokens.mint')).toHaveLength(1)
    expect(await metricNames()).toContain('tesouro_tokens.mint.duration')
  })

  test('spans or metrics that were not wanted are made, or made twice', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    const instrumentation = register({ spans: false })
    await tokens.mintWidgetToken(userOf(1))
    expect(collected.spans).toEqual([])
    expect(await metricNames()).toContain('tesouro_tokens.mint.duration')
    instrumentation.setConfig({ metrics: false })
    instrumentation.enable()
    await tokens.mintWidgetToken(userOf(1))
    expect(collected.spans).toHaveLength(1)
    instrumentation.disable()
    await tokens.mintWidgetToken(userOf(1))
    expect(collected.spans).toHaveLength(1)
    expect(instrumentation.getConfig().enabled).toBe(false)
    // Options for later do not switch on what was switched off.
    instrumentation.setConfig({ metrics: false })
    await tokens.mintWidgetToken(userOf(1))
    expect(collected.spans).toHaveLength(1)
  })

  test('a tracer that fails ends the process, or a call', async () => {
    await using world = await openWorld()
    const instrumentation = register()
    instrumentation.setTracerProvider({ getTracer: () => expect.fail('no tracer') })
    instrumentation.setMeterProvider({ getMeter: () => expect.fail('no meter') })
    const { tokens } = world.start()
    await tokens.mintWidgetToken(userOf(1))
    expect((await tokens.getUserAccessToken(userOf(1))).tokenType).toBe('Bearer')
    expect(context.active()).toBeDefined()
  })

  test.each([
    [{ span: false }, /an unknown option: there are enabled, spans, metrics/],
    [{ spans: 'canary' }, /spans: must be true or false/],
  ])('a mistake in the options leaves something out without a word: %j', (config, message) => {
    expect(() => new TesouroTokensInstrumentation(config as never)).toThrow(message)
    expect(() => new TesouroTokensInstrumentation(config as never)).not.toThrow(/canary/)
  })
})
