import * as z from 'zod/mini'
import { ConfigurationError } from '../errors.js'
import { namedMembers } from './given.js'
import { createProblems, type Problems } from './problems.js'
import { unknownName } from './unknown-name.js'

/** What zod's registry says of an option, next to what its schema says. */
interface OptionText {
  /** Its docstring, and its row in a table, begin with these words. */
  readonly description: string
  /** Unit of a number. */
  readonly unit?: 's' | 'ms' | undefined
  /** What holds where the option is absent and the schema has no value for that. */
  readonly absent?: string | undefined
}

/** What is wrong with a value, in words that follow the option's name and hold no value; a line for each problem. */
export type ProblemOf = (value: unknown) => string | undefined

/** The check that says the same of every value that is not right. */
export const unless =
  (isRight: (value: unknown) => boolean, problem: string): ProblemOf =>
  (value) =>
    isRight(value) ? undefined : problem

/** A value with a check of its own. It aborts nothing, since rules about several options are asked all the same. */
export function checkedBy<Value>(problemOf: ProblemOf): z.ZodMiniType<Value, Value> {
  return z.custom<Value>((value) => problemOf(value) === undefined, {
    error: ({ input }) => problemOf(input),
    abort: false,
  })
}

/** A list of values with a check of their own, or a function. */
export function listOrFunction<Item, Call>(
  problemOf: ProblemOf,
  error: string,
): z.ZodMiniType<readonly Item[] | Call, readonly Item[] | Call> {
  return z.union([z.array(checkedBy<Item>(problemOf)), z.custom<Call>(isFunction)], { error })
}

type Check<Value> = ProblemOf | z.ZodMiniType<Value, Value>

const schemaOf = <Value>(check: Check<Value>): z.ZodMiniType<Value, Value> =>
  typeof check === 'function' ? checkedBy(check) : check

/** An option that has to be given. */
export function required<Value>(
  check: Check<Value>,
  description: string,
  absent = 'required',
): z.ZodMiniType<Value, Value> {
  return withText(schemaOf(check), { description, absent })
}

/** An option without a value that takes its place. `absent` says what holds then. */
export function optional<Value>(
  check: Check<Value>,
  description: string,
  absent = 'none',
): z.ZodMiniOptional<z.ZodMiniType<Value, Value>> {
  return withText(z.optional(schemaOf(check)), { description, absent })
}

/** An option that has a value where it is absent. */
export function withDefault<Value>(
  check: Check<Value>,
  value: z.util.NoUndefined<Value>,
  description: string,
  unit?: OptionText['unit'],
): z.ZodMiniDefault<z.ZodMiniType<Value, Value>> {
  return withText(z._default(schemaOf(check), value), { description, unit })
}

/** An option that holds options of its own, each with its default. */
export function nested<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
): z.ZodMiniPrefault<Schema> {
  return withText(z.prefault(schema, {} as z.input<Schema>), { description, absent: '' })
}

function withText<Schema extends z.ZodMiniType>(schema: Schema, text: OptionText): Schema {
  z.globalRegistry.add(schema, { ...text })
  return schema
}

/** A function. Its parameters and result are the type's alone: they show at the first call. */
export const isFunction = (value: unknown): boolean => typeof value === 'function'

/** A number of things: whole, and at least 1. */
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1

export const functionProblem: ProblemOf = unless(isFunction, 'must be a function')

/** An object with these methods. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'function')
  )
}

/** The schemas of options, by name. */
export type OptionShape<Options> = {
  readonly [Name in keyof Required<Options>]: z.ZodMiniType<
    Options[Name & keyof Options],
    Options[Name & keyof Options]
  >
}

/** `unknown` for each option of which the schema takes all that the type allows. */
type TakesAll<Shape, Options> = {
  [Name in keyof Shape]: Name extends keyof Options
    ? Options[Name] extends z.input<Shape[Name]>
      ? unknown
      : never
    : never
}

/** Has the compiler hold schemas to the type that editors show: the same names, and for each the same values. */
export function shapeOf<Options>(): <Shape extends OptionShape<Options>>(
  shape: Shape & TakesAll<Shape, Options>,
) => Shape {
  return (shape) => shape
}

type Strict<Shape extends z.core.$ZodShape> = z.ZodMiniObject<Shape, z.core.$strict>

/** An object of options. A name that is none of them is a problem, with the name that was probably meant. */
export function optionsObject<Shape extends z.core.$ZodShape>(
  shape: Shape,
  error = 'must be an object',
): z.ZodMiniType<z.output<Strict<Shape>>, z.input<Strict<Shape>>> {
  const known = Object.keys(shape)
  return asGiven(
    z.strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? [...new Set(issue.keys.map((name) => unknownName(name, known)))].join('\n')
          : error,
    }),
  ) as z.ZodMiniType<z.output<Strict<Shape>>, z.input<Strict<Shape>>>
}

/**
 * Has a schema see what was given, and not what another library has put on every object. Every name that it knows is a
 * member of the answer, so that none is looked up on a prototype later either.
 */
export function asGiven<Output>(schema: z.ZodMiniType<Output> & { shape: object }): z.ZodMiniType<Output> {
  const known = Object.keys(schema.shape)
  const read = z.transform((options) => {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
    return namedMembers(options, ...new Set([...Object.keys(options), ...known]))
  })
  return z.pipe(read, schema)
}

const throwing = 'cannot be read: a getter or a proxy in them throws'

/** Members of options that are looked at before they are checked. @throws ConfigurationError where one of them throws */
export function membersOf<Options extends object>(options: Options): Options {
  try {
    return { ...options }
  } catch {
    throw new ConfigurationError([`options: ${throwing}`])
  }
}

/** A rule about several options: it is asked even where one of them has a problem of its own. */
export function rule<Options>(
  option: string,
  problemOf: (given: Partial<Options>) => string | undefined,
): z.core.$ZodCheck<Partial<Options>> {
  return z.check<Partial<Options>>(
    ({ value, issues }) => {
      const message = problemOf(value)
      if (message !== undefined)
        issues.push({ code: 'custom', path: [option], message, input: undefined, continue: true })
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )
}

/**
 * Reads options by their schema. Adds every problem under the option's name, without its value; `undefined` if there is
 * one. `of` names what takes the options, for names that are none of them.
 */
export function parseOptions<Output>(
  schema: z.ZodMiniType<Output>,
  options: unknown,
  problems: Pick<Problems, 'add' | 'include'>,
  of = '',
): Output | undefined {
  // read once: code that is compiled for the schema would cost more than it saves
  let result: z.core.util.SafeParseResult<Output>
  try {
    result = z.safeParse(schema, options, { jitless: true })
  } catch {
    // what it throws may hold anything
    problems.add('options', throwing)
    return undefined
  }
  if (result.success) return result.data
  // a misspelt name explains what is missing, so it comes first
  const isUnknown = ({ code }: z.core.$ZodIssue): boolean => code === 'unrecognized_keys'
  const issues = result.error.issues.toSorted(
    (one, other) => Number(isUnknown(other)) - Number(isUnknown(one)),
  )
  for (const { code, path, message } of issues) {
    const option = nameOf(path)
    const texts = message.split('\n')
    if (option === '' && code === 'unrecognized_keys') problems.include(texts.map((text) => of + text))
    else for (const text of texts) problems.add(option || 'options', text)
  }
  return undefined
}

/**
 * {@link parseOptions} of options by themselves. `nameOf` gives the name under which the reader knows an option.
 *
 * @throws ConfigurationError with every problem found
 */
export function checkOptions<Output>(
  schema: z.ZodMiniType<Output>,
  options: unknown,
  nameOf?: (option: string) => string,
  of = '',
): Output {
  const problems = createProblems(nameOf)
  const checked = parseOptions(schema, options, problems, of)
  if (checked === undefined) throw problems.error()
  return checked
}

/** {@link checkOptions} by the schemas of a shape. */
export function readerOf<Shape extends z.core.$ZodShape>(
  shape: Shape,
): (options: unknown) => z.output<z.ZodMiniObject<Shape, z.core.$strict>> {
  const schema = optionsObject(shape)
  return (options) => checkOptions(schema, options)
}

/** `retry`, `timeouts.callMs`, `allowedOrigins[0]`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`
    return name === '' ? String(step) : `${name}.${String(step)}`
  }, '')
}
