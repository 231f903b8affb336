import type { Defence } from '../defence.js'

const keys = 'packages/core/test/subject-token/keys.test.ts'
const keyProblem = 'packages/core/src/subject-token/key-problem.ts'
const tokenKey = 'packages/core/src/identity/token-key.ts'
const names = 'packages/core/test/identity/token-key.test.ts'
const oneExchange = 'packages/core/test/access-tokens/one-exchange.test.ts'
const lifetimes = 'packages/core/test/access-tokens/lifetimes.test.ts'
const accessTokens = 'packages/core/src/access-tokens/access-tokens.ts'

/** What is signed, encrypted, exchanged and cached. */
export const tokens: readonly Defence[] = [
  {
    threat: 'Pass an unsigned subject token, or sign one with a public key',
    removals: [
      {
        file: keyProblem,
        before:
          'if (/^\\s*(-----|ssh-|\\{)[\\s -~]*$/.test(String.fromCharCode(...bytes.subarray(0, 64)))) {',
        after: 'if (bytes.length === 0) {',
        redIn: [keys],
      },
      {
        file: keyProblem,
        before: 'if (isDerSequence(bytes))',
        after: 'if (isDerSequence(bytes.subarray(0, 1)))',
        redIn: [keys],
      },
      {
        file: 'packages/core/src/subject-token/check-foreign-token.ts',
        before: 'if (meansNone(alg))',
        after: "if (alg === 'none')",
        redIn: ['packages/core/test/subject-token/foreign-tokens.test.ts'],
      },
    ],
  },
  {
    threat: 'Encrypt under a damaged or misread widget secret',
    removals: [
      {
        file: 'packages/core/src/lib/hex-key.ts',
        before: 'const hexKey = /^[0-9a-fA-F]{64}$/',
        after: 'const hexKey = /^[0-9a-fA-F]{63,65}$/',
        redIn: ['packages/core/test/configuration/widget-secret.test.ts'],
      },
    ],
  },
  {
    threat: 'Use a content key or initialization vector twice',
    removals: [
      {
        file: 'packages/core/src/crypto/node/encrypt.ts',
        before: 'randomFillSync(drawn)\n    return parts',
        after: 'if (drawn.every((byte) => byte === 0)) randomFillSync(drawn)\n    return parts',
        redIn: ['packages/core/test/threats/fresh-keys.test.ts'],
      },
    ],
  },
  {
    threat: 'Serve an expired token after the clock moved or the machine slept',
    removals: [
      {
        file: 'packages/core/src/lib/clock.ts',
        before: 'return Math.max(clock.now() - since.now, clock.monotonic() - since.monotonic)',
        after: 'return clock.now() - since.now',
        redIn: [lifetimes],
      },
      {
        file: 'packages/core/src/access-tokens/token-life.ts',
        before: 'return Math.min(remainingMs ?? left, token.lifetimeMs, left + clocksDisagreeByMs)',
        after: 'return left + 0 * clocksDisagreeByMs',
        redIn: ['conformance/fleet/test/clocks.test.ts'],
      },
      {
        file: 'packages/redis/src/person/values.ts',
        before: 'local left = ARGV[5] - math.max(0, now - ARGV[4])',
        after: 'local left = tonumber(ARGV[5])',
        redIn: ['packages/redis/test/stored.test.ts'],
      },
    ],
  },
  {
    threat: 'Believe a malformed answer',
    removals: [
      {
        file: 'packages/core/src/token-endpoint/answer.ts',
        before: '.check(z.refine(isLifetime))',
        after: '.check(z.refine((seconds) => isLifetime(seconds) || true))',
        redIn: ['packages/core/test/token-endpoint/malformed-answers.test.ts'],
      },
    ],
  },
  {
    threat: "Get another user's token out of the cache",
    removals: [
      {
        file: tokenKey,
        before: 'tenant ?? null, sub].map(sorted).join()',
        after: "tenant ?? '', sub].join(' ')",
        redIn: [names],
      },
      {
        file: tokenKey,
        before: '[baseUrl.href, clientId, tenant ?? null, sub]',
        after: '[baseUrl.href, clientId, tenant === sub, sub]',
        redIn: [names],
      },
      {
        file: tokenKey,
        before: 'const parts = [sorted(email), sorted(claims), sorted(requestParameters)]',
        after:
          'const parts = [sorted(email), sorted(claims), sorted(Object.keys(requestParameters).slice(0, 0))]',
        redIn: [names],
      },
      {
        file: tokenKey,
        before: 'const parts = [sorted(email), sorted(claims), sorted(requestParameters)]',
        after:
          'const parts = [sorted(email), sorted(Object.keys(claims).slice(0, 0)), sorted(requestParameters)]',
        redIn: [names, oneExchange],
      },
      {
        file: tokenKey,
        before: 'const parts = [sorted(email), sorted',
        after: 'const parts = [sorted(email === null), sorted',
        redIn: [names, oneExchange],
      },
      {
        file: 'packages/core/src/cache/shared/people.ts',
        before: '{key.subject} $',
        after: '',
        redIn: ['conformance/src/cache.ts'],
      },
    ],
  },
  {
    threat: 'Flood the platform when many ask at once, or at each refresh',
    removals: [
      {
        file: accessTokens,
        before: 'const underWay = this.#flights.find(person, request.key.variant)\n',
        after: 'const underWay = undefined\n',
        redIn: [oneExchange],
      },
      {
        file: 'packages/core/src/access-tokens/exchange.ts',
        before: 'const hasStore = before !== undefined && !before.alone',
        after: 'const hasStore = before !== undefined && key.subject === user',
        redIn: [
          'packages/core/test/access-tokens/leases.test.ts',
          'conformance/fleet/test/one-exchange.test.ts',
          'conformance/fleet/test/cluster.test.ts',
        ],
      },
      {
        file: 'packages/core/src/access-tokens/token-life.ts',
        before: "return left < refreshWindowMs(lifetimeMs, key) ? 'ageing' : 'fresh'",
        after: "return left > refreshWindowMs(lifetimeMs, key) ? 'ageing' : 'fresh'",
        redIn: [lifetimes],
      },
    ],
  },
  {
    threat: 'Get the token of a session with a second factor into one without',
    removals: [
      {
        file: tokenKey,
        before:
          "const own = typeof subjectToken === 'string' ? sorted(ownTokenClaims(subjectToken)) : 'null'",
        after: "const own = typeof subjectToken === 'string' ? sorted(ownTokenClaims('')) : 'null'",
        redIn: ['packages/core/test/access-tokens/renewals.test.ts'],
      },
    ],
  },
  {
    threat: "Make a refused user's page hammer the platform",
    removals: [
      {
        file: 'packages/core/src/access-tokens/exchange.ts',
        before: "this.#failures.remember('refusal', person, key.variant, error)",
        after: '',
        redIn: ['packages/core/test/access-tokens/refusals.test.ts'],
      },
    ],
  },
  {
    threat: 'Replay a widget token',
    removals: [
      {
        file: 'packages/core/src/subject-token/claims.ts',
        before: 'jti: crypto.randomUUID(),',
        after: "jti: '9f1c1c52-0a4e-4d0c-8c8e-0d8c7a2a7f10',",
        redIn: ['packages/core/test/widget-token/mint.test.ts'],
      },
    ],
  },
]
