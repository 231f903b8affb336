import type { Defence } from '../defence.js'

const request = 'packages/core/test/token-endpoint/request.test.ts'
const failures = 'packages/core/test/token-endpoint/failures.test.ts'
const platformFetch = 'packages/core/src/platform/platform-fetch.ts'

/** What is sent to the platform, and how often. */
export const platform: readonly Defence[] = [
  {
    threat: 'Be locked out for ignoring a rate limit',
    removals: [
      {
        file: 'packages/core/src/limits/upstream-budget.ts',
        before: 'if (status === 429) return retryAfterMs(headers, now) ?? ',
        after: 'if (status === 429) return ',
        redIn: ['packages/core/test/token-endpoint/rate-limit.test.ts'],
      },
      {
        file: 'packages/core/src/limits/retry-after.ts',
        before: '(ahead > 0 ? ahead : undefined)',
        after: '(ahead < 0 ? ahead : undefined)',
        redIn: ['packages/core/test/limits/retry-after.test.ts'],
      },
      {
        file: 'packages/core/src/limits/retry-after.ts',
        before: 'dateOf(headers, now) ?? now',
        after: 'now',
        redIn: ['packages/core/test/limits/asked-in-other-ways.test.ts'],
      },
      {
        file: 'packages/core/src/token-endpoint/run.ts',
        before: 'while (budget.pauses(credentials.clientId, leftToWait()))',
        after: 'while (false)',
        redIn: ['packages/core/test/limits/pause-meanwhile.test.ts'],
      },
      {
        file: platformFetch,
        before: 'tell((clientId) => budget.count(clientId))',
        after: '',
        redIn: ['packages/core/test/limits/budget.test.ts'],
      },
      {
        file: 'packages/redis/src/limits/scripts.ts',
        before: "redis.call('SET', KEYS[1], life * 1000 - after, 'PX', life)",
        after: "redis.call('SET', KEYS[1], 0, 'PX', 1)",
        redIn: ['packages/redis/test/limit-store.test.ts'],
      },
    ],
  },
  {
    threat: 'Hang, reset or garble the connection to the platform',
    removals: [
      {
        file: 'packages/core/src/token-endpoint/run.ts',
        before: 'if (!verdict.passing || counted >= runner.attempts) throw verdict.error',
        after: 'if (!verdict.passing) throw verdict.error',
        redIn: [failures],
      },
      {
        file: 'packages/core/src/token-endpoint/request.ts',
        before: 'if (!response.bodyUsed) response.body?.cancel().catch(() => {})',
        after: '',
        redIn: [failures],
      },
    ],
  },
  {
    threat: 'Lead a token or the client secret to another host',
    removals: [
      {
        file: 'packages/core/src/platform/target.ts',
        before: 'if (target.origin !== baseUrl.origin || target.protocol !== baseUrl.protocol) {',
        after: 'if (target.origin === undefined) {',
        redIn: ['packages/core/test/platform/target.test.ts'],
      },
      {
        file: 'packages/core/src/platform/plain-request.ts',
        before: "redirect: 'manual' as const,",
        after: "redirect: 'follow' as const,",
        redIn: ['packages/core/test/platform/platform-fetch.test.ts'],
      },
      {
        file: 'packages/core/src/token-endpoint/request.ts',
        before: "redirect: 'manual', signal",
        after: "redirect: 'follow', signal",
        redIn: [request],
      },
      {
        file: 'packages/core/src/configuration/base-url.ts',
        before: 'if (/^[^/]*\\/\\/[^/?#]*@/.test(value))',
        after: "if (value === '@')",
        redIn: ['packages/core/test/configuration/options.test.ts'],
      },
    ],
  },
  {
    threat: 'Have a payment sent twice by a retry',
    removals: [
      {
        file: platformFetch,
        before: 'const other = isExpired ? await',
        after: 'const other = isExpired || response.status >= 400 ? await',
        redIn: ['conformance/test/fetch-as.test.ts'],
      },
    ],
  },
  {
    threat: 'Find a token or secret in an address',
    removals: [
      {
        file: 'packages/core/src/token-endpoint/request.ts',
        before: 'return boundedFetch(heard, url, {',
        after: "return boundedFetch(heard, [url, clientSecret].join('?client_secret='), {",
        redIn: ['packages/core/test/canaries/canaries.test.ts', request],
      },
    ],
  },
  {
    threat: 'Lose mints, or mix old and new secrets, while they rotate',
    removals: [
      {
        file: 'packages/core/src/configuration/credentials.ts',
        before: 'return new HeldCredentials(checkOptions(credentialsSchema, answer, nameOf))',
        after: 'return new HeldCredentials(answer as TesouroCredentials)',
        redIn: ['packages/core/test/configuration/credentials.test.ts'],
      },
      {
        file: 'packages/core/src/lib/renewed-value.ts',
        before: 'if (age <= maxAgeMs || rests) return value',
        after: 'if (age >= 0 || rests) return value',
        redIn: ['conformance/test/rotation.test.ts'],
      },
    ],
  },
]
