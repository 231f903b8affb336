// An OpenTelemetry SDK in the process of an example, for `node --import`. It prints what it has seen when the process ends.
import { createRequire } from 'node:module'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { TesouroTokensInstrumentation } from '@tesouro-tokens/opentelemetry'

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

const exporter = new InMemorySpanExporter()
const reader = new Reader()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
)
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new TesouroTokensInstrumentation()],
})
createRequire(import.meta.url)('node:http') // what is required is patched; Express imports it later

process.once('beforeExit', async () => {
  const spans = exporter.getFinishedSpans()
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]))
  const nameOf = (id) => byId.get(id)?.name ?? 'none'
  const { resourceMetrics } = await reader.collect()
  const observed = {
    spans: spans
      .filter(({ name }) => name.startsWith('tesouro_tokens'))
      .map(({ name, parentSpanContext, links, attributes }) => ({
        name,
        parent: nameOf(parentSpanContext?.spanId),
        links: links.map((link) => nameOf(link.context.spanId)),
        attributes,
      })),
    metrics: resourceMetrics.scopeMetrics
      .filter(({ scope }) => scope.name === '@tesouro-tokens/opentelemetry')
      .flatMap(({ metrics: measured }) => measured)
      .map(({ descriptor: { name, unit }, dataPoints }) => ({
        name,
        unit,
        attributes: dataPoints.map((point) => point.attributes),
      })),
  }
  console.log(JSON.stringify({ observed }))
})
