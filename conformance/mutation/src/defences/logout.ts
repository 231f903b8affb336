import type { Defence } from '../defence.js'

const endsCalls = {
  file: 'packages/core/src/cache/shared/people.ts',
  before: 'for (const each of [...(before.underWay ?? [])]) each.end(new UserForgottenError())',
  after: '',
}
const hearsLogouts = {
  file: 'packages/core/src/cache/shared/store-state.ts',
  before: 'else this.people.forget(subject, { id })',
  after: '',
}
const tries = 'packages/core/test/threats/logout-tries.test.ts'
const encrypted = 'packages/core/src/cache/encrypted-token-cache.ts'

/** Nothing of before a logout counts after it. */
export const logout: readonly Defence[] = [
  {
    threat: 'Keep a token readable by logging out during its exchange',
    removals: [
      {
        ...endsCalls,
        redIn: [
          'packages/core/test/access-tokens/logout.test.ts',
          'conformance/test/worker-requests.test.ts',
        ],
      },
      {
        file: 'packages/core/src/calls.ts',
        before: 'if (person.over || person.order > this.#logouts) throw new UserForgottenError()',
        after: '',
        redIn: ['packages/core/test/threats/ended-calls.test.ts'],
      },
      {
        ...hearsLogouts,
        redIn: ['packages/core/test/cache/layered.test.ts', 'conformance/fleet/test/logout.test.ts'],
      },
      {
        file: 'packages/redis/src/announcements/sequence.ts',
        before: 'return heard.number === last.number + 1',
        after: 'return true',
        redIn: ['packages/redis/test/logouts.test.ts'],
      },
    ],
  },
  {
    threat: 'Have a call that was begun before a logout exchange, send, mint or store after it',
    removals: [
      {
        ...endsCalls,
        redIn: ['packages/core/test/threats/logout-stages.test.ts', 'packages/core/test/races/races.test.ts'],
      },
      {
        file: 'packages/core/src/platform/platform-fetch.ts',
        before: 'call.throwIfEnded()\n      request.signal.throwIfAborted()',
        after: '',
        redIn: ['packages/core/test/platform/ended-calls.test.ts'],
      },
      {
        file: 'packages/core/src/calls.ts',
        before: 'if (person.over || person.order > this.#logouts) throw new UserForgottenError()',
        after: '',
        redIn: ['packages/core/test/races/races.test.ts'],
      },
    ],
  },
  {
    threat:
      'Lose what a logout dropped, undo it by a roll-back of the client id or a store that came back from before it',
    removals: [
      {
        file: 'packages/core/src/identity/token-key.ts',
        before: 'return [...this.#used].map((clientId) => this.subjectOf(who, clientId))',
        after: 'return [...this.#used].slice(-1).map((clientId) => this.subjectOf(who, clientId))',
        redIn: [tries],
      },
      {
        file: 'packages/core/src/cache/shared/logout-queue.ts',
        before: 'this.#settle?.resolve(united(united(before ?? [], values), this.here))',
        after: 'this.#settle?.resolve(united(before ?? [], values))',
        redIn: [tries],
      },
      {
        file: 'packages/core/src/cache/shared/shared-cache.ts',
        before: 'if (person.generationsBefore.includes(generation)) {',
        after: 'if (person.generation === undefined && person.generationsBefore.includes(generation)) {',
        redIn: [tries],
      },
    ],
  },
  {
    threat: 'Put a sealed value back after a logout, or keep it alive',
    removals: [
      { file: encrypted, before: ' && terms.generation === generation', after: '', redIn: [tries] },
      {
        file: encrypted,
        before: 'const left = found === undefined ? 0 : Number(found.terms.until) - storeNow()',
        after: 'const left = found === undefined ? 0 : 100_000',
        redIn: [tries],
      },
    ],
  },
]
