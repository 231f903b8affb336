import { context, metrics, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** An OpenTelemetry SDK that keeps everything in memory. */
export class Collected implements AsyncDisposable {
  readonly tracerProvider: BasicTracerProvider
  readonly meterProvider: MeterProvider
  readonly #spans = new InMemorySpanExporter()
  readonly #reader = new Reader()

  constructor() {
    this.tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] })
    this.meterProvider = new MeterProvider({ readers: [this.#reader] })
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  }

  /** Spans that have ended. */
  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans()
  }

  named(name: string): ReadableSpan[] {
    return this.spans.filter((span) => span.name === name)
  }

  async metrics(): Promise<ResourceMetrics> {
    return (await this.#reader.collect()).resourceMetrics
  }

  /** Runs work under a span of the application's, as the instrumentation of a web server does. */
  async request<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const span = this.tracerProvider.getTracer('server').startSpan(name, { kind: SpanKind.SERVER })
    try {
      return await context.with(trace.setSpan(context.active(), span), work)
    } finally {
      span.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tracerProvider.shutdown()
    await this.meterProvider.shutdown()
    for (const api of [context, metrics, trace]) api.disable()
  }
}
