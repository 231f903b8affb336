import type { Attributes } from '@opentelemetry/api'

/** `error.type` of the semantic conventions: the code of the error, where work has failed. */
export function errorType(outcome: string | undefined): Attributes {
  return outcome === undefined || outcome === 'ok' ? {} : { 'error.type': outcome }
}
