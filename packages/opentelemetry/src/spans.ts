import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace as traceApi,
} from '@opentelemetry/api'
import type { TesouroTokensTrace } from '@tesouro-tokens/core'
import { errorType } from './attributes.js'
import type { TraceListener } from './subscriptions.js'

/** One span for each piece of work, under the span of the call that caused it. */
export class Spans implements TraceListener {
  readonly #tracer: () => Tracer
  readonly #spans = new WeakMap<TesouroTokensTrace, Span>()

  constructor(tracer: () => Tracer) {
    this.#tracer = tracer
  }

  started(trace: TesouroTokensTrace): void {
    // Nearly always there is nothing to wait for: a metric counts the rest.
    if (trace.type === 'slot_wait') return
    const caller = context.active()
    const span = this.#start(trace, caller)
    this.#spans.set(trace, span)
    // Shared work must not hold on to what else a request keeps in its context.
    const surroundings = isShared(trace) ? ROOT_CONTEXT : caller
    const { run: outer = now } = trace // of another subscriber
    trace.run = (work) => outer(() => context.with(traceApi.setSpan(surroundings, span), work))
  }

  ended(trace: TesouroTokensTrace): void {
    const span = this.#spans.get(trace)
    if (span === undefined) return
    const { outcome } = trace
    span.setAttributes({ ...endAttributes(trace), ...errorType(outcome) })
    if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  #start(trace: TesouroTokensTrace, caller: Context): Span {
    const name = spanName(trace)
    const options = { kind: spanKind(trace), attributes: startAttributes(trace) }
    if (trace.type !== 'obtain' || !trace.background) return this.#tracer().startSpan(name, options, caller)
    // The request ends before this: a trace of its own, which tells what caused it.
    const cause = traceApi.getSpanContext(caller)
    const links = cause === undefined ? [] : [{ context: cause }]
    return this.#tracer().startSpan(name, { ...options, root: true, links }, caller)
  }
}

const now = (work: () => void): void => work()

const isShared = ({ type }: TesouroTokensTrace): boolean => type === 'obtain' || type === 'cache'

function spanName(trace: TesouroTokensTrace): string {
  const name = `tesouro_tokens.${trace.type}`
  return trace.type === 'cache' ? `${name} ${trace.operation}` : name
}

function spanKind({ type }: TesouroTokensTrace): SpanKind {
  return type === 'exchange' || type === 'revoke' ? SpanKind.CLIENT : SpanKind.INTERNAL
}

function startAttributes(trace: TesouroTokensTrace): Attributes {
  if (trace.type === 'obtain') return { 'tesouro_tokens.background': trace.background }
  if (trace.type === 'exchange') return { 'tesouro_tokens.grant': trace.grant }
  return trace.type === 'cache' ? { 'tesouro_tokens.cache.operation': trace.operation } : {}
}

function endAttributes(trace: TesouroTokensTrace): Attributes {
  if (trace.type === 'lease_wait' && trace.ended !== undefined) {
    return { 'tesouro_tokens.lease.ended': trace.ended }
  }
  if (trace.type !== 'exchange') return {}
  const { attempts, status, requestId } = trace
  return {
    ...(attempts !== undefined && { 'tesouro_tokens.attempts': attempts }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(requestId !== undefined && { 'tesouro_tokens.request_id': requestId }),
  }
}
