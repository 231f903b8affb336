import type { Check } from '../check.js'
import type { EndpointOptions } from './options.js'

export function endpointChecks(_options: EndpointOptions): readonly Check[] {
  return []
}
