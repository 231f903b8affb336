import { optionShape } from '../configuration/schema.js'
import { ConfigurationError } from '../errors.js'
import { membersOf } from '../lib/option.js'
import { unknownNames } from '../lib/unknown-name.js'
import { widgetTokenShape } from './check-options.js'
import type { WidgetTokenOptions } from './options.js'

type EndpointOption = keyof WidgetTokenOptions<never>

/**
 * Separates the endpoint's options from those of `createTesouroTokens`, for adapters that take both in one object: they
 * need no list of names that a new option would have to be added to.
 *
 * @param options both kinds of options; their values are not checked
 * @returns `endpoint`, the options of the endpoint; `own`, the rest
 * @throws ConfigurationError with every name that is an option of neither, and the name that was probably meant
 *
 * @example
 * ```ts
 * import {
 *   createTesouroTokens,
 *   splitWidgetTokenOptions,
 *   type TesouroTokensOptions,
 *   type WidgetTokenOptions,
 *   widgetTokenEndpoint,
 * } from '@tesouro-tokens/core'
 *
 * export const endpointOf = (options: TesouroTokensOptions & Omit<WidgetTokenOptions<Request>, 'tokens'>) => {
 *   const { endpoint, own } = splitWidgetTokenOptions(options)
 *   return widgetTokenEndpoint({ ...endpoint, tokens: createTesouroTokens(own) })
 * }
 * ```
 */
export function splitWidgetTokenOptions<Options extends object>(
  options: Options,
): { endpoint: Pick<Options, Extract<EndpointOption, keyof Options>>; own: Omit<Options, EndpointOption> } {
  const names = Object.keys(widgetTokenShape)
  const problems = unknownNames(options, [...names, ...Object.keys(optionShape)])
  if (problems.length > 0) throw new ConfigurationError(problems)
  // Own members: what somebody has put on Object.prototype is no option.
  const given = Object.entries(membersOf(options))
  const endpoint = Object.fromEntries(given.filter(([name]) => names.includes(name)))
  const own = Object.fromEntries(given.filter(([name]) => !names.includes(name)))
  return {
    endpoint: endpoint as Pick<Options, Extract<EndpointOption, keyof Options>>,
    own: own as Omit<Options, EndpointOption>,
  }
}
