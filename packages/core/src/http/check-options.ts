import {
  checkOptions,
  functionProblem,
  hasMethods,
  isCount,
  isFunction,
  listOrFunction,
  type OptionShape,
  optional,
  optionsObject,
  required,
  shapeOf,
  unless,
  withDefault,
} from '../lib/option.js'
import { mintProblemOfTokens } from './hook.js'
import type { WidgetTokenOptions } from './options.js'
import { originProblem } from './origin-problem.js'

type Options = WidgetTokenOptions<unknown>
type Option<Name extends keyof Options> = NonNullable<Options[Name]>

const shape = shapeOf<Options>()({
  tokens: required<Option<'tokens'>>(
    tokensProblem,
    'The instance that mints (`createTesouroTokens`), or a function that chooses one for a user',
  ),
  getUser: required<Option<'getUser'>>(
    unless(
      isFunction,
      'must be a function: it says who is signed in, from your own session, never from the request body',
    ),
    "Returns the signed-in user, from the server's own session",
  ),
  allowedOrigins: optional<Option<'allowedOrigins'>>(
    listOrFunction(originProblem, 'must be an array of origins or a function'),
    'Other origins whose pages may ask',
    'only the own origin',
  ),
  mintLimit: withDefault<Option<'mintLimit'>>(
    mintLimitProblem,
    { perMinute: 30 },
    'Tokens for each user in a minute; `false` for no limit',
  ),
  onError: optional<Option<'onError'>>(
    functionProblem,
    'Receives every mistake that somebody has to fix',
    '`console.error`',
  ),
  onRefusal: optional<Option<'onRefusal'>>(
    functionProblem,
    'Receives refusals that probably come from wrong wiring',
    '`console.warn`',
  ),
})
const schema = optionsObject(shape, 'must be an object with at least tokens and getUser')

/** What is said of each option of the endpoint. */
export const widgetTokenShape: OptionShape<Options> = shape

/**
 * Checks the options once, when the endpoint is made.
 *
 * @throws ConfigurationError with every problem found
 */
export function checkWidgetTokenOptions<Request, Context extends readonly unknown[]>(
  options: WidgetTokenOptions<Request, Context>,
): WidgetTokenOptions<Request, Context> & { mintLimit: Option<'mintLimit'> } {
  const checked: unknown = checkOptions(schema, options)
  return checked as ReturnType<typeof checkWidgetTokenOptions<Request, Context>>
}

function tokensProblem(tokens: unknown): string | undefined {
  if (typeof tokens === 'function') return undefined
  if (!hasMethods(tokens, ['mintWidgetToken'])) {
    return 'must be what createTesouroTokens or tesouroTokensFromEnv returns, or a function that returns one for a user'
  }
  const problem = mintProblemOfTokens(Object(tokens))
  return problem === undefined ? undefined : `cannot mint: ${problem}`
}

function mintLimitProblem(value: unknown): string | undefined {
  if (value === false) return undefined
  const { perMinute, store }: { perMinute?: unknown; store?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  const problems: string[] = []
  if (!isCount(perMinute)) problems.push('must be false or { perMinute } with a whole number of at least 1')
  if (store !== undefined)
    problems.push('has no store of its own: give createTesouroTokens the option limitStore')
  return problems.join('\n') || undefined
}
