import { context, metrics, propagation, trace } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { openWorld, userOf } from '@tesouro-tokens/conformance/world'
import { registerOTel } from '@vercel/otel'
import { afterEach, describe, expect, test } from 'vitest'
import { TesouroTokensInstrumentation } from '../src/index.js'

/** One mint, as every start-up has to show it. */
async function mint(): Promise<void> {
  await using world = await openWorld()
  await world.start().tokens.mintWidgetToken(userOf(1))
}

describe('what applications start OpenTelemetry with', () => {
  let instrumentation: TesouroTokensInstrumentation | undefined
  afterEach(() => {
    instrumentation?.disable()
    for (const api of [context, metrics, propagation, trace]) api.disable()
  })

  test("NodeSDK with Prometheus' exporter, as in Express and Nest, shows no spans or figures", async () => {
    const spans = new InMemorySpanExporter()
    const prometheus = new PrometheusExporter({ host: '127.0.0.1', port: 0, preventServerStart: true })
    instrumentation = new TesouroTokensInstrumentation()
    const sdk = new NodeSDK({
      autoDetectResources: false,
      instrumentations: [instrumentation],
      metricReaders: [prometheus],
      spanProcessors: [new SimpleSpanProcessor(spans)],
    })
    sdk.start()
    await mint()
    expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['tesouro_tokens.mint'])
    const { resourceMetrics } = await prometheus.collect()
    const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map((m) => m.descriptor.name))
    expect(names).toContain('tesouro_tokens.mint.duration')
    await sdk.shutdown()
  })

  test("Next's registerOTel shows no spans", async () => {
    const spans = new InMemorySpanExporter()
    instrumentation = new TesouroTokensInstrumentation()
    registerOTel({
      serviceName: 'bank',
      instrumentations: [instrumentation],
      spanProcessors: [new SimpleSpanProcessor(spans)],
    })
    await mint()
    expect(spans.getFinishedSpans().map(({ name }) => name)).toContain('tesouro_tokens.mint')
  })
})
