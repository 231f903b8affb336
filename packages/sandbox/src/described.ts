import * as z from 'zod'

/** What a table and a docstring say of an option; `absent` where no value takes its place. */
export function described<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  absent?: string,
): Schema {
  z.globalRegistry.add(schema, { description, absent })
  return schema
}

/** The schemas of options, by name. */
export type Shape<Options> = {
  readonly [Name in keyof Required<Options>]: z.ZodType<unknown, Options[Name & keyof Options]>
}

/** What is said of an option where there is no value for it: in words, or the value that takes its place. */
export function textOf(schema: z.ZodType): { description: string; absent: string } {
  const { description = '', absent } = { ...z.globalRegistry.get(schema) }
  return { description, absent: String(absent ?? `\`${schema.parse(undefined)}\``) }
}
