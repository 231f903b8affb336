import { type Check, result } from '../check.js'

const tried = "the rate limit in the headers of the platform's answer"
const ownDefault = 25

/** What the platform allows, against what the library sends at most. */
export const rateLimit: Check = {
  id: 'rate-limit',
  title: 'rate limit',
  run({ platform }) {
    const head = platform.last
    const read = (...names: readonly string[]): number | undefined => {
      const text = names.map((name) => head?.header(name)).find((value) => value)
      return text && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined
    }
    const limit = read('ratelimit-limit', 'x-ratelimit-limit-second')
    if (limit === undefined) {
      return result(
        'rate-limit',
        'skip',
        tried,
        head === undefined ? 'the platform has not answered' : 'it names none',
      )
    }
    const remaining = read('ratelimit-remaining', 'x-ratelimit-remaining-second')
    const found = `${limit} requests a second${remaining === undefined ? '' : `, ${remaining} left in this one`}`
    if (limit >= ownDefault)
      return result('rate-limit', 'ok', tried, `${found}; the library sends ${ownDefault} at most`)
    return result(
      'rate-limit',
      'warn',
      tried,
      `${found}, and the library sends ${ownDefault} at most: requests beyond the limit are answered with 429`,
      `Give createTesouroTokens or tesouroTokensFromEnv requestsPerSecond: ${Math.max(1, limit - 5)}.`,
    )
  },
}
