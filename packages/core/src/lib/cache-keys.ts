import * as z from 'zod/mini'
import { hexKeyProblem } from './hex-key.js'
import { checkedBy } from './option.js'

/** Follows every problem with a key, because the next step is to make a right one. */
export const howToMakeCacheKeys =
  '`openssl rand -hex 32` or `npx @tesouro-tokens/cli keygen cache-key` makes a key'

const noKeys = `must be a list of at least one key of 64 hex digits (${howToMakeCacheKeys})`

function keyProblem(key: unknown): string | undefined {
  const problem = hexKeyProblem(key)
  return problem && `${problem} (${howToMakeCacheKeys})`
}

/** The keys that seal a cache. `name` is the option or variable that holds them. */
export const cacheKeysSchema = (name: string): z.ZodMiniType<readonly string[], readonly string[]> =>
  z.array(checkedBy<string>(keyProblem), { error: noKeys }).check(({ value, issues }) => {
    const told = (message: string, path: number[] = []): void =>
      void issues.push({ code: 'custom', path, message, input: undefined, continue: true })
    if (value.length === 0) told(noKeys)
    const digits = value.map((key) => (typeof key === 'string' ? key.toLowerCase() : key))
    for (const [index, key] of digits.entries()) {
      const same = digits.indexOf(key)
      if (same < index) told(`is the same as ${name}[${same}] (${howToMakeCacheKeys})`, [index])
    }
  })
