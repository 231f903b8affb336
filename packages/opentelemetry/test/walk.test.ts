import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TesouroTokensInstrumentation } from '../src/index.js'
import { Collected } from './collected.js'
import { walk } from './walk.js'

describe('a walk through everything that is measured', () => {
  let collected: Collected
  let instrumentation: TesouroTokensInstrumentation
  beforeEach(() => {
    collected = new Collected()
    instrumentation = new TesouroTokensInstrumentation()
    instrumentation.setTracerProvider(collected.tracerProvider)
    instrumentation.setMeterProvider(collected.meterProvider)
  })
  afterEach(async () => {
    instrumentation.disable()
    await collected[Symbol.asyncDispose]()
  })

  test('a metric comes, goes, or has another name or unit', async () => {
    await walk(collected)
    const { scopeMetrics } = await collected.metrics()
    const all = scopeMetrics.flatMap(({ metrics }) => metrics)
    const told = all.map(({ descriptor: { name, unit }, dataPoints }) => {
      const attributes = new Set(dataPoints.flatMap((point) => Object.keys(point.attributes)))
      return `${name} in ${unit}: ${[...attributes].sort().join(', ')}`
    })
    expect(told.sort()).toMatchSnapshot()
  })

  test('a span comes, goes, or stands under another one', async () => {
    await walk(collected)
    const nameOf = new Map(collected.spans.map((span) => [span.spanContext().spanId, span.name]))
    const told = collected.spans.map(({ name, parentSpanContext, links, attributes }) => {
      const parent = nameOf.get(parentSpanContext?.spanId ?? '') ?? 'none'
      const from = links.map(({ context }) => `, linked to ${nameOf.get(context.spanId)}`)
      return `${name} under ${parent}${from}: ${Object.keys(attributes).sort().join(', ')}`
    })
    expect([...new Set(told)].sort()).toMatchSnapshot()
  })
})
