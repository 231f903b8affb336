import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { Metrics } from './metrics.js'
import { Spans } from './spans.js'
import { listenToEvents, listenToTraces } from './subscriptions.js'

/** What {@link TesouroTokensInstrumentation} takes. */
export interface TesouroTokensInstrumentationConfig {
  /** Whether it listens at once; else from `enable()` on, which an OpenTelemetry SDK calls at its start. Default `true`. */
  enabled?: boolean | undefined
  /** Whether spans are made. Default `true`. */
  spans?: boolean | undefined
  /** Whether metrics are made. Default `true`. */
  metrics?: boolean | undefined
}

const known = ['enabled', 'spans', 'metrics'] as const

/**
 * Makes spans and metrics of what every instance of `@tesouro-tokens/core` in this process does. It is an OpenTelemetry
 * instrumentation: give it to the SDK's `instrumentations`. It patches no module, so that it may be made before or after
 * core is loaded. Users, tokens and secrets are in no attribute.
 *
 * @throws TypeError for an option that there is not, or one that is neither `true` nor `false`
 *
 * @example
 * ```ts
 * import { registerInstrumentations } from '@opentelemetry/instrumentation'
 * import { TesouroTokensInstrumentation } from '@tesouro-tokens/opentelemetry'
 *
 * registerInstrumentations({ instrumentations: [new TesouroTokensInstrumentation()] })
 * ```
 */
export class TesouroTokensInstrumentation {
  readonly instrumentationName: string = '@tesouro-tokens/opentelemetry'
  /** The version of the names of spans and metrics, on which dashboards stand. */
  readonly instrumentationVersion: string = '1'
  #config: TesouroTokensInstrumentationConfig
  #tracerProvider: TracerProvider | undefined
  #meterProvider: MeterProvider | undefined
  #stops: (() => void)[] | undefined

  constructor(config: TesouroTokensInstrumentationConfig = {}) {
    this.#config = checked(config)
    if (this.#config.enabled !== false) this.enable()
  }

  /** Begins to listen. A second call changes nothing. */
  enable(): void {
    if (this.#stops !== undefined) return
    const { spans, metrics: wantsMetrics } = this.#config
    const name = this.instrumentationName
    this.#stops = []
    if (spans !== false) {
      const tracer = () => (this.#tracerProvider ?? trace.getTracerProvider()).getTracer(name)
      this.#stops.push(listenToTraces(new Spans(tracer)))
    }
    if (wantsMetrics !== false) {
      const counted = new Metrics(() => this.#meterProvider ?? metrics.getMeterProvider(), name)
      this.#stops.push(listenToTraces(counted), listenToEvents(counted), () => counted.stop())
    }
  }

  /** Stops listening. Spans of work under way are not ended. */
  disable(): void {
    for (const stop of this.#stops ?? []) stop()
    this.#stops = undefined
  }

  /** Where spans go. Default: the global provider. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider
  }

  /** Where metrics go. Default: the global provider. */
  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider
  }

  /** @throws TypeError as the constructor */
  setConfig(config: TesouroTokensInstrumentationConfig): void {
    this.#config = checked(config)
    if (this.#stops === undefined) return
    this.disable()
    this.enable()
  }

  /** The options, and whether it listens now. */
  getConfig(): TesouroTokensInstrumentationConfig & { enabled: boolean } {
    return { ...this.#config, enabled: this.#stops !== undefined }
  }
}

/** A mistake in an option's name would silently leave out spans or metrics. */
function checked(config: TesouroTokensInstrumentationConfig): TesouroTokensInstrumentationConfig {
  for (const [name, value] of Object.entries(config)) {
    if (!known.some((option) => option === name)) {
      throw new TypeError(`TesouroTokensInstrumentation: an unknown option: there are ${known.join(', ')}`)
    }
    if (value !== undefined && typeof value !== 'boolean') {
      throw new TypeError(`TesouroTokensInstrumentation: ${name}: must be true or false`)
    }
  }
  return { ...config }
}
