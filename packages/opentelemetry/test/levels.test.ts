import { metrics } from '@opentelemetry/api'
import { SharedStore } from '@tesouro-tokens/conformance/shared-store'
import { openWorld, userOf, type World } from '@tesouro-tokens/conformance/world'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TesouroTokensInstrumentation } from '../src/index.js'
import { Collected } from './collected.js'

describe('a level, such as how many caches are bypassed', () => {
  let collected: Collected
  let world: World
  let store: SharedStore
  const made: TesouroTokensInstrumentation[] = []
  beforeEach(async () => {
    collected = new Collected()
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    for (const instrumentation of made.splice(0)) instrumentation.disable()
    await world[Symbol.asyncDispose]()
    await collected[Symbol.asyncDispose]()
  })

  function instrument(): TesouroTokensInstrumentation {
    const instrumentation = new TesouroTokensInstrumentation()
    made.push(instrumentation)
    return instrumentation
  }

  /** What an exporter would be told now. */
  async function level(name: string): Promise<unknown> {
    const all = (await collected.metrics()).scopeMetrics.flatMap(({ metrics }) => metrics)
    return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints[0]?.value
  }

  /** Calls until the circuit breaker opens. */
  async function breakStore({ tokens }: ReturnType<World['start']>): Promise<void> {
    store.failure = () => Promise.reject(new Error('gone'))
    for (let n = 0; n < 6; n += 1) await tokens.getUserAccessToken(userOf(n))
  }

  /** Waits until it has closed again. */
  async function repairStore({ events }: ReturnType<World['start']>): Promise<void> {
    store.failure = undefined
    const closed = (): boolean =>
      events.some((event) => event.type === 'cache_guard' && event.state === 'closed')
    while (!closed()) await new Promise(setImmediate)
  }

  test('is forgotten by an SDK that starts while a cache is bypassed, and below nought afterwards', async () => {
    instrument()
    const one = world.start({ cache: store.open() })
    await breakStore(one)
    metrics.setGlobalMeterProvider(collected.meterProvider)
    await one.tokens.mintWidgetToken(userOf(1))
    expect(await level('tesouro_tokens.cache.bypassed')).toBe(1)
    await repairStore(one)
    expect(await level('tesouro_tokens.cache.bypassed')).toBe(0)
  })

  test('stays where it was, because nobody listened when it changed', async () => {
    const instrumentation = instrument()
    metrics.setGlobalMeterProvider(collected.meterProvider)
    const one = world.start({ cache: store.open() })
    await breakStore(one)
    expect(await level('tesouro_tokens.cache.bypassed')).toBe(1)
    instrumentation.disable()
    await repairStore(one)
    instrumentation.enable()
    await one.tokens.mintWidgetToken(userOf(1))
    expect(await level('tesouro_tokens.cache.bypassed')).toBe(0)
  })

  test('stays up for an instance that was closed', async () => {
    instrument()
    metrics.setGlobalMeterProvider(collected.meterProvider)
    const one = world.start({ cache: store.open() })
    await breakStore(one)
    await one.tokens.close()
    expect(await level('tesouro_tokens.cache.bypassed')).toBe(0)
  })
})
