import { ConfigurationError, encryptedTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import * as z from 'zod/mini'
import { connectionOf } from './client/connect.js'
import type { Connection } from './client/connection.js'
import type { RedisClient } from './client/types.js'
import type { RedisLimitStoreOptions, RedisTokenCacheOptions } from './options.js'

type Shape<Options> = {
  readonly [Name in keyof Required<Options>]: z.ZodMiniType<
    Options[Name & keyof Options],
    Options[Name & keyof Options]
  >
}

/** `absent`: what holds where the option is absent and the schema has no value for that. */
function described<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  absent?: string,
): Schema {
  z.globalRegistry.add(schema, { description, absent })
  return schema
}

// Braces would choose the slot of a Cluster, and spaces are somebody's mistake.
const prefixProblem = 'keyPrefix: must be 1 to 100 characters without braces and spaces'

/** What is said of each option of `redisLimitStore`. */
export const limitStoreShape: Shape<RedisLimitStoreOptions> & { keyPrefix: z.ZodMiniType<string> } = {
  client: described(
    z.custom<RedisClient>((client) => connectionOf(client, undefined) !== undefined, {
      error: 'client: must be a client of node-redis or ioredis, version 5 or 6',
      abort: false,
    }),
    "The application's client of node-redis (5 or 6) or ioredis (5 or 6)",
    'required',
  ),
  keyPrefix: described(
    z._default(
      z.string({ error: prefixProblem }).check(z.regex(/^[^{}\s\p{Cc}]{1,100}$/u, { error: prefixProblem })),
      'tesouro',
    ),
    'Prefix of every key',
  ),
}

/** What is said of each option of `redisTokenCache`. */
export const tokenCacheShape: Shape<RedisTokenCacheOptions> & typeof limitStoreShape = {
  client: limitStoreShape.client,
  keys: described(
    z.custom<readonly string[] | false>((keys) => keyProblems(keys).length === 0, {
      error: ({ input }) => keyProblems(input).join('\n'),
      abort: false,
    }),
    'Seals the tokens',
    'required',
  ),
  subscriber: described(
    z.optional(z.custom<RedisClient>(() => true)),
    'A second client of the same library that only the cache uses',
    '`client.duplicate()`',
  ),
  keyPrefix: limitStoreShape.keyPrefix,
}

const limitStoreOptions = z.strictObject(limitStoreShape, { error: unknownOptions(limitStoreShape) })
const tokenCacheOptions = z.strictObject(tokenCacheShape, { error: unknownOptions(tokenCacheShape) }).check(
  z.check(
    ({ value: { client, subscriber }, issues }) => {
      const message = subscriberProblem(client, subscriber)
      if (message !== undefined) issues.push({ code: 'custom', message, input: undefined })
    },
    // whatever else is wrong: all problems are reported at once
    { when: () => true },
  ),
)

/** @throws ConfigurationError with every problem, naming options and never showing a value */
export function readTokenCacheOptions(options: unknown): {
  connection: Connection
  keyPrefix: string
  keys: readonly string[] | false
} {
  const { client, subscriber, keyPrefix, keys } = parse(tokenCacheOptions, options)
  return { connection: connectionTo(client, subscriber), keyPrefix, keys }
}

/** @throws ConfigurationError as {@link readTokenCacheOptions} */
export function readLimitStoreOptions(options: unknown): { connection: Connection; keyPrefix: string } {
  const { client, keyPrefix } = parse(limitStoreOptions, options)
  return { connection: connectionTo(client, undefined), keyPrefix }
}

/**
 * Messages name their option themselves; a line of a message is a problem. What another library has put on every object
 * was not given.
 */
function parse<Output>(schema: z.ZodMiniType<Output>, options: unknown): Output {
  const result = z.safeParse(schema, Object.assign(Object.create(null), options))
  if (result.success) return result.data
  throw new ConfigurationError(result.error.issues.flatMap(({ message }) => message.split('\n')))
}

function connectionTo(client: RedisClient, subscriber: RedisClient | undefined): Connection {
  const connection = connectionOf(client, subscriber)
  if (connection === undefined) throw new ConfigurationError(['client: has changed while it was looked at'])
  return connection
}

/** The name may be anything: one who mixes up name and value should not find the value in a log. */
function unknownOptions(shape: object): z.core.$ZodErrorMap {
  const known = Object.keys(shape).join(', ')
  return (issue) => {
    if (issue.code !== 'unrecognized_keys') return undefined
    const shown = issue.keys.map((name) =>
      /^[A-Za-z]\w{0,39}$/.test(name) ? `unknown option ${name}` : 'an unknown option',
    )
    return shown.map((text) => `${text}: there are ${known}`).join('\n')
  }
}

function subscriberProblem(client: RedisClient, subscriber: RedisClient | undefined): string | undefined {
  if (connectionOf(client, undefined) === undefined) return undefined
  if (subscriber === client) {
    return 'subscriber: must be a client of its own, since a connection that listens does nothing else'
  }
  return connectionOf(client, subscriber) === undefined
    ? 'subscriber: must be a client of the same library as `client`'
    : undefined
}

/** Only core knows what a key is, and how to make one. */
function keyProblems(keys: unknown): readonly string[] {
  if (keys === false) return []
  try {
    encryptedTokenCache(memoryTokenCache({ maxEntries: 1 }), { keys: Array.isArray(keys) ? keys : [] })
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    if (Array.isArray(keys) && keys.length > 0) return error.problems
    return error.problems.map(
      (problem) =>
        `${problem}, which seals the tokens; cacheKeysFromEnv() reads TESOURO_CACHE_KEYS. Or false, and everybody who can ` +
        'read Redis, its slow log or traces can use the tokens',
    )
  }
}
