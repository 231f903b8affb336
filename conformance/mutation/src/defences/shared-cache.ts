import type { Defence } from '../defence.js'

const foreignData = 'packages/redis/test/foreign-data.test.ts'
const atRest = 'conformance/fleet/test/at-rest.test.ts'
const encrypted = 'packages/core/src/cache/encrypted-token-cache.ts'
const stored = 'packages/redis/test/stored.test.ts'
const values = 'packages/redis/src/person/values.ts'

/** What many processes share. */
export const sharedCache: readonly Defence[] = [
  {
    threat: 'Make a shared cache fail, hang, fill up or answer rubbish',
    removals: [
      {
        file: 'packages/core/src/cache/shared/circuit-breaker.ts',
        before: 'if (this.#failures === failuresToOpen) this.#change(true)',
        after: 'if (this.#failures === -failuresToOpen) this.#change(true)',
        redIn: ['packages/core/test/cache/circuit-breaker.test.ts', 'conformance/fleet/test/faults.test.ts'],
      },
      {
        file: 'packages/redis/src/lua.ts',
        before: "if type_at(key) == 'string' then return redis.call('GET', key) end",
        after: "if type_at(key) ~= 'none' then return redis.call('GET', key) end",
        redIn: [foreignData],
      },
      {
        file: 'packages/core/src/limits/store-access.ts',
        before: 'await withDeadline(async () => work(), { ms, onTimeout: () => late })',
        after: 'await withDeadline(async () => work(), { ms: ms * 1_000, onTimeout: () => late })',
        redIn: ['packages/redis/test/limits-of-two.test.ts'],
      },
    ],
  },
  {
    threat: 'Let a token of before a logout back in through an eviction, or block logouts by foreign data',
    removals: [
      {
        file: values,
        before: "if generation ~= ARGV[2] then return 'refused' end",
        after: "if generation and generation ~= ARGV[2] then return 'refused' end",
        redIn: ['packages/redis/test/eviction.test.ts'],
      },
      {
        file: 'packages/redis/src/person/person-record.ts',
        before: "if type_at(key) ~= 'hash' then return false end",
        after: '',
        redIn: [foreignData],
      },
    ],
  },
  {
    threat: "Lose a logout's answer or its announcement, and what was to be revoked with it",
    removals: [
      {
        file: 'packages/redis/src/person/forget.ts',
        before: "redis.call('ZADD', KEYS[2], whole(now + left), i .. ' ' .. value)",
        after: '',
        redIn: ['packages/redis/test/lost-answers.test.ts'],
      },
      {
        file: 'packages/redis/src/person/forget.ts',
        before: 'if name == id then done = true end',
        after: '',
        redIn: ['conformance/src/cache/forgetting.ts'],
      },
    ],
  },
  {
    threat: 'Leave absurd words about an exchange for other processes',
    removals: [
      {
        file: 'packages/redis/src/leases/lease-outcome.ts',
        before: "return typeof value === 'number' && value >= least && value <= most",
        after: "return typeof value === 'number' && least <= most",
        redIn: ['packages/redis/test/lease-outcomes.test.ts'],
      },
      {
        file: 'packages/redis/src/leases/leases.ts',
        before: "if lease.outcome and ARGV[3] == 'waited' then",
        after: 'if lease.outcome then',
        redIn: ['conformance/src/cache/leases.ts'],
      },
    ],
  },
  {
    threat: 'Read tokens, or who is signed in, out of a shared cache',
    removals: [
      {
        file: encrypted,
        before: 'await seal(value, { ...key, generation: how.generation, until })',
        after: '(await seal(value, { ...key, generation: how.generation, until })) && value',
        redIn: [
          atRest,
          'packages/core/test/cache/encrypted-token-cache.test.ts',
          'packages/redis/test/sealed.test.ts',
        ],
      },
      {
        file: 'packages/core/src/identity/token-key.ts',
        before: 'const names = [',
        after: 'hash = String\n  const names = [',
        redIn: [atRest],
      },
      {
        file: values,
        before: "redis.call('SET', KEYS[1], ARGV[1], 'PX', whole(left))",
        after: "redis.call('SET', KEYS[1], ARGV[1])",
        redIn: [stored],
      },
    ],
  },
  {
    threat: "Starve a process, so that it takes its own slowness for the store's and floods the platform",
    removals: [
      {
        file: 'packages/core/src/lib/deadline.ts',
        before: 'Math.max(turn - Math.max(0, tookMs() - turn - graceMs), turn * leastPart)',
        after: 'tookMs()',
        redIn: ['packages/redis/test/standing-still.test.ts'],
      },
      {
        file: 'packages/core/src/limits/waiting-line.ts',
        before: 'Math.max(0, ...this.#waiting.map(({ leftMs }) => leftMs()))',
        after: '-1',
        redIn: ['packages/core/test/token-endpoint/stood-still.test.ts'],
      },
    ],
  },
]
