import type { Defence } from '../defence.js'

const suite = 'conformance/src/adapter.ts'
const identity = 'packages/core/src/http/identity.ts'
const handler = 'packages/core/src/http/handler.ts'

/** Who may have a widget token, and how often. */
export const endpoint: readonly Defence[] = [
  {
    threat: "Name another user, or another tenant's client, in body, query or headers",
    removals: [
      {
        file: identity,
        before: "if (userId !== undefined && userId !== user.sub) throw new Refusal('identity_mismatch')",
        after: '',
        redIn: [
          suite,
          'packages/express/test/adapter.test.ts',
          'packages/nestjs/test/adapter.test.ts',
          'conformance/test/fetch-endpoint.test.ts',
        ],
      },
      {
        file: identity,
        before: 'if (userEmail !== undefined && comparable(userEmail) !== comparable(user.email)) {',
        after: 'if (userEmail !== undefined && comparable(userEmail) === user.email.slice(0, 0)) {',
        redIn: [suite, 'packages/next/test/adapter.test.ts'],
      },
    ],
  },
  {
    threat: "Make a signed-in user's browser mint for a foreign page",
    removals: [
      {
        file: 'packages/core/src/http/origin.ts',
        before: "if (!own) throw new Refusal('origin_not_allowed')",
        after: "if (!own && site === 'nowhere') throw new Refusal('origin_not_allowed')",
        redIn: [suite, 'packages/core/test/http/origin.test.ts', 'examples/demo/test/walks/refused.ts'],
      },
    ],
  },
  {
    threat: 'Ask without a session',
    removals: [
      {
        file: handler,
        before: 'if (user === null || user === undefined) throw notSignedIn()',
        after:
          'if (user === null || user === undefined) throw (await known.tokens?.getAppAccessToken(), notSignedIn())',
        redIn: ['packages/core/test/threats/no-session.test.ts'],
      },
    ],
  },
  {
    threat: 'Find a minted token in a cache on the way',
    removals: [
      {
        file: handler,
        before: "'cache-control': 'no-store',",
        after: '',
        redIn: ['conformance/src/adapter/answers.ts', 'packages/core/test/http/order.test.ts'],
      },
    ],
  },
  {
    threat: 'Send a huge body, in either direction',
    removals: [
      {
        file: 'packages/core/src/http/body.ts',
        before: "if (length + part.byteLength > maxBytes) throw new Refusal('body_too_large')",
        after: '',
        redIn: ['packages/core/test/http/body.test.ts'],
      },
      {
        file: 'packages/core/src/token-endpoint/request.ts',
        before: 'const maxBytes = 64 * 1024',
        after: 'const maxBytes = 64 * 1024 * 1024',
        redIn: ['packages/core/test/token-endpoint/malformed-answers.test.ts'],
      },
    ],
  },
  {
    threat: 'Wear the endpoint out',
    removals: [
      {
        file: handler,
        before: 'await takeMint(known.tokens, user)',
        after: '',
        redIn: ['packages/core/test/http/mint-limit.test.ts'],
      },
      {
        file: 'packages/core/src/http/mint-limit.ts',
        before: '[kind, tenant ?? null, sub].map',
        after: '[kind, tenant === sub].map',
        redIn: ['packages/core/test/http/mint-limit.test.ts'],
      },
      {
        file: 'packages/core/src/http/hook.ts',
        before: 'countMint: createMintCounts(settings, (reason) =>',
        after: 'countMint: createMintCounts({ ...settings, limitStore: undefined }, (reason) =>',
        redIn: ['packages/redis/test/limits-of-two.test.ts'],
      },
    ],
  },
  {
    threat: 'Keep connections open without a session',
    removals: [
      {
        file: handler,
        before: 'checkDeclaredLength(input.headers)\n    const user',
        after: 'checkDeclaredLength(input.headers)\n    await readBody(input)\n    const user',
        redIn: ['packages/express/test/slow-connections.test.ts'],
      },
    ],
  },
]
