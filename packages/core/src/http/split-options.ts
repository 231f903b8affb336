import { widgetTokenShape } from './check-options.js'
import type { WidgetTokenOptions } from './options.js'

type EndpointOption = keyof WidgetTokenOptions<never>

/**
 * Separates the endpoint's options from those that an adapter takes next to them, so that the adapter has no list of
 * names that a new option would have to be added to.
 *
 * @param options all options together
 * @returns `endpoint`, the options of the endpoint; `own`, the rest
 *
 * @example
 * ```ts
 * import { splitWidgetTokenOptions, type WidgetTokenOptions } from '@tesouro-tokens/core'
 *
 * export const separate = (options: WidgetTokenOptions<Request> & { path: string }) => {
 *   const { endpoint, own } = splitWidgetTokenOptions(options)
 *   return { endpoint, path: own.path }
 * }
 * ```
 */
export function splitWidgetTokenOptions<Options extends object>(
  options: Options,
): { endpoint: Pick<Options, Extract<EndpointOption, keyof Options>>; own: Omit<Options, EndpointOption> } {
  const names = Object.keys(widgetTokenShape)
  const endpoint = Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]))
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)))
  return {
    endpoint: endpoint as Pick<Options, Extract<EndpointOption, keyof Options>>,
    own: own as Omit<Options, EndpointOption>,
  }
}
