import { ConfigurationError, encryptedTokenCache, memoryTokenCache } from '@tesouro-tokens/core'
import { connectionOf } from './client/connect.js'
import type { Connection } from './client/connection.js'
import { defaultKeyPrefix, isKeyPrefix, keyPrefixProblem } from './key-prefix.js'

type OptionName = 'client' | 'keys' | 'subscriber' | 'keyPrefix'

/** What the options come to. */
export interface Settings {
  connection: Connection
  keyPrefix: string
  /** `false` also where there is no such option. */
  keys: readonly string[] | false
}

const howToMakeKeys =
  '`openssl rand -hex 32` or `npx @tesouro-tokens/cli keygen cache-key` makes a key; cacheKeysFromEnv() reads TESOURO_CACHE_KEYS'

/** @throws ConfigurationError with every problem, naming options and never showing a value */
export function readOptions(options: unknown, known: readonly OptionName[]): Settings {
  const given = new Map<string, unknown>(
    Object.entries(typeof options === 'object' && options !== null ? options : {}),
  )
  const problems: string[] = []
  for (const name of given.keys()) {
    if (!known.some((option) => option === name)) problems.push(unknownOption(name, known))
  }
  const connection = readConnection(given.get('client'), given.get('subscriber'), problems)
  const keys = known.includes('keys') ? readKeys(given.get('keys'), problems) : false
  const { keyPrefix = defaultKeyPrefix } = Object.fromEntries(given)
  if (!isKeyPrefix(keyPrefix)) problems.push(keyPrefixProblem)
  if (connection === undefined || !isKeyPrefix(keyPrefix) || problems.length > 0) {
    throw new ConfigurationError(problems)
  }
  return { connection, keyPrefix, keys }
}

/** The name may be anything: one who mixes up name and value should not find the value in a log. */
function unknownOption(name: string, known: readonly string[]): string {
  const shown = /^[A-Za-z]\w{0,39}$/.test(name) ? `unknown option ${name}` : 'an unknown option'
  return `${shown}: there are ${known.join(', ')}`
}

function readConnection(client: unknown, subscriber: unknown, problems: string[]): Connection | undefined {
  if (connectionOf(client, undefined) === undefined) {
    problems.push('client: must be a client of node-redis or ioredis, version 5 or 6')
    return undefined
  }
  if (subscriber === client) {
    problems.push(
      'subscriber: must be a client of its own, since a connection that listens does nothing else',
    )
  }
  const connection = connectionOf(client, subscriber)
  if (connection === undefined) problems.push('subscriber: must be a client of the same library as `client`')
  return connection
}

function readKeys(keys: unknown, problems: string[]): readonly string[] | false {
  if (keys === false) return false
  if (!Array.isArray(keys) || keys.length === 0) {
    problems.push(
      `keys: must be a list of at least one key of 64 hex digits, which seals the tokens (${howToMakeKeys}), or false, ` +
        'and everybody who can read Redis, its slow log or traces can use the tokens',
    )
    return false
  }
  try {
    // Only core knows what a key is.
    encryptedTokenCache(memoryTokenCache({ maxEntries: 1 }), { keys })
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    problems.push(...error.problems)
  }
  return keys
}
