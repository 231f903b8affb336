import type { Defence } from '../defence.js'

const canaries = 'packages/core/test/canaries/canaries.test.ts'
const callbacks = 'packages/core/test/threats/callbacks.test.ts'
const pollution = 'packages/core/test/threats/prototype-pollution.test.ts'
const names = 'packages/core/test/threats/polluted-names.test.ts'
const observer = 'packages/core/src/observer.ts'

/** What a process shows, what it survives, and what it is made of. */
export const processes: readonly Defence[] = [
  {
    threat: 'Read a secret in an error, log, event or printed object',
    removals: [
      {
        file: 'packages/core/src/token-endpoint/safe-text.ts',
        before:
          'return secrets.some((secret) => readings.some((reading) => repeats(reading, secret))) ? undefined : value',
        after:
          'return secrets.some((secret) => readings.some(() => repeats(secret, ``))) ? undefined : value',
        redIn: [canaries],
      },
      {
        file: 'packages/core/src/instance.ts',
        before: 'return { baseUrl: this.#parts.settings.baseUrl.href }',
        after: 'return { baseUrl: this.#parts.settings.credentials }',
        redIn: ['packages/core/test/canaries/public-objects.test.ts'],
      },
      {
        file: 'packages/core/test/canaries/search.ts',
        before: "add(name, hex.replace(/../g, '%$&'))\n",
        after: "add(name, hex.replace(/../g, '%$&'))\n  if (hex !== '') return\n",
        redIn: ['packages/core/test/canaries/search.test.ts'],
      },
    ],
  },
  {
    threat: 'Ship server code in a browser bundle',
    removals: [
      {
        file: 'packages/core/src/browser.ts',
        before: '// @ts-expect-error nothing has this name, on purpose\nexport * from',
        after: "export * from './index.js'\nexport const guard: string =",
        redIn: ['packages/core/test/browser-guard.test.ts'],
      },
    ],
  },
  {
    threat: 'End the process by a callback that throws, rejects or calls back',
    removals: [
      {
        file: 'packages/core/src/lib/call-application.ts',
        before: 'throw answered && isTesouroTokensError(error)',
        after: 'throw answered',
        redIn: ['packages/core/test/threats/hostile-answers.test.ts'],
      },
      {
        file: observer,
        before: 'undisturbed(() => onEvent(event))',
        after: 'onEvent(event)',
        redIn: [callbacks],
      },
      {
        file: 'packages/core/src/lib/promises.ts',
        before: 'Promise.prototype.then.call(answer, nothing, nothing)',
        after: 'void answer',
        redIn: [callbacks],
      },
    ],
  },
  {
    threat: 'Read tokens, secrets or users from traces, logs or diagnostics channels',
    removals: [
      {
        file: 'packages/core/src/observer.ts',
        before: 'outcome = outcomeOf(result)',
        after: 'outcome = outcomeOf(result)\n    Object.assign(trace, { result })',
        redIn: ['conformance/listening/test/listening.test.ts', 'conformance/test/tracing.test.ts'],
      },
      {
        file: 'packages/opentelemetry/src/record-event.ts',
        before: 'all.cacheLookups.add(1, results.miss)',
        after: "all.cacheLookups.add(1, { ...results.miss, 'tesouro_tokens.user': event.user ?? '' })",
        redIn: ['packages/opentelemetry/test/instrumentation.test.ts'],
      },
      {
        file: 'packages/core/src/token-endpoint/safe-text.ts',
        before:
          'return secrets.some((secret) => readings.some((reading) => repeats(reading, secret))) ? undefined : value',
        after:
          'return secrets.some((secret) => readings.some(() => repeats(secret, ``))) ? undefined : value',
        redIn: [canaries],
      },
    ],
  },
  {
    threat: 'Reach into prototypes with `__proto__` or `constructor`',
    removals: [
      {
        file: 'packages/core/src/lib/plain-json.ts',
        before: "if (name === '__proto__') throw",
        after: "if (name === '') throw",
        redIn: [pollution],
      },
      {
        file: 'packages/core/src/lib/given.ts',
        before:
          "if (typeof next !== 'object' || next === null || Object.getPrototypeOf(next) === null) return undefined",
        after: "if (typeof next !== 'object' || next === null) return undefined",
        redIn: [pollution],
      },
      {
        file: 'packages/core/src/configuration/read-options.ts',
        before: 'problems: before = [], hint } = ownMembers(context)',
        after: 'problems: before = [], hint } = context',
        redIn: [names],
      },
      {
        file: 'packages/core/src/calls.ts',
        before: "signal?.addEventListener('abort', onAbort)",
        after: "signal?.addEventListener('abort', onAbort, { once: true })",
        redIn: ['packages/core/test/threats/polluted-calls.test.ts'],
      },
      {
        file: 'packages/core/src/access-tokens/token-life.ts',
        before: 'requestedAt: asGiven(z.strictObject({ now: z.number(), monotonic: z.number() })),',
        after: 'requestedAt: z.strictObject({ now: z.number(), monotonic: z.number() }),',
        redIn: [pollution],
      },
    ],
  },
  {
    threat: 'Smuggle headers, log lines or form members in an id',
    removals: [
      {
        file: 'packages/core/src/lib/given.ts',
        before: "if (forbidden.test(value)) return 'holds a control character or half of a surrogate pair'",
        after: "if (forbidden.test('')) return 'holds a control character or half of a surrogate pair'",
        redIn: ['packages/core/test/threats/injection.test.ts'],
      },
    ],
  },
  {
    threat: 'Use descriptors up, so that a part is lost until a restart',
    removals: [
      {
        file: 'packages/core/src/configuration/readiness.ts',
        before: 'async health(): Promise<TesouroTokensHealth> {\n',
        after: "async health(): Promise<TesouroTokensHealth> {\n    await import('./read-options.js')\n",
        redIn: ['conformance/test/packages/files-gone.test.ts'],
      },
    ],
  },
  {
    threat: 'Bring the process down, or keep it from ending',
    removals: [
      {
        file: 'packages/core/src/calls.ts',
        before: 'result.then(\n        (value) => {',
        after: 'void result.then(leave)\n      result.then(\n        (value) => {',
        redIn: ['packages/core/test/threats/process.test.ts'],
      },
    ],
  },
  {
    threat: 'Slip foreign code in with an installation',
    removals: [
      {
        file: 'packages/core/package.json',
        before: '"scripts": {',
        after: '"scripts": {\n    "postinstall": "node --version",',
        redIn: ['conformance/test/packages/contents.test.ts'],
      },
    ],
  },
]
