import { hexKeyProblem } from '../lib/hex-key.js'

/** Follows every problem with a key, because the next step is to make a right one. */
export const howToMakeCacheKeys =
  '`openssl rand -hex 32` or `npx @tesouro-tokens/cli keygen cache-key` makes a key'

/** What is wrong with a list of keys that seal a cache. `name` is the option or variable; no value is shown. */
export function cacheKeyProblems(name: string, keys: readonly unknown[]): string[] {
  const problems: string[] = []
  const seen: unknown[] = []
  for (const [index, key] of keys.entries()) {
    const problem = hexKeyProblem(key, '64 hex digits are needed, 32 random bytes')
    const digits = typeof key === 'string' ? key.toLowerCase() : undefined
    const same = digits === undefined ? -1 : seen.indexOf(digits)
    if (problem !== undefined) problems.push(`${name}[${index}]: ${problem}`)
    if (same >= 0) problems.push(`${name}[${index}]: is the same as ${name}[${same}]`)
    seen.push(digits)
  }
  return problems.map((problem) => `${problem} (${howToMakeCacheKeys})`)
}
