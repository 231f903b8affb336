import { expect, test } from 'vitest'
import { type StartSandboxOptions, startSandbox } from '../src/index.js'

/** What is said of a mistake, as JavaScript makes it. No value of it may be said. */
async function thrownBy(call: () => unknown): Promise<string> {
  try {
    await call()
    return 'nothing'
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toContain('canary')
    return String(Object(error).message)
  }
}

const told = (options: unknown): Promise<string> =>
  thrownBy(async () => {
    const sandbox = await startSandbox(options as StartSandboxOptions)
    await sandbox.close()
  })

const email = 'owner@bakery.example'
const client = (more: object): object => ({ clients: [{ clientId: 'bakery', ...more }] })
const user = (more: object): object => ({ users: [{ email, ...more }] })
const account = (more: object): object => user({ accounts: [{ name: 'Tills', ...more }] })

const mistakes: { readonly [name: string]: readonly unknown[] } = {
  'the options as a whole': [null, 'canary', 7, { ports: 1, 'canary 2': 2 }],
  port: ['4010', -1, 70_000, 1.5, null].map((port) => ({ port })),
  host: [7, '', 'http://canary', 'a b'].map((host) => ({ host })),
  seed: [7, 'ab', 'canary'.repeat(200)].map((seed) => ({ seed })),
  widgetSecret: [7, 'canary', '0f'].map((widgetSecret) => ({ widgetSecret })),
  accessTokenLifetimeSeconds: [0, '60', 1.5, null].map((accessTokenLifetimeSeconds) => ({
    accessTokenLifetimeSeconds,
  })),
  accessTokenOwnLifetimeSeconds: [{ accessTokenOwnLifetimeSeconds: 0 }],
  rateLimit: [true, 0, '30', null].map((rateLimit) => ({ rateLimit })),
  shortPages: [{ shortPages: 1 }],
  recordBodies: [{ recordBodies: 'canary' }],
  graphql: [{ graphql: {} }],
  log: [{ log: 'canary' }, { log: null }],
  clock: [{ clock: 7 }, { clock: {} }],
  clients: [
    ...[7, [], ['canary'], [{}], [{ clientId: 'a' }, { clientId: 'a' }]].map((clients) => ({ clients })),
    ...[
      { clientId: 'ä' },
      { clientID: 'canary' },
      { clientSecret: 'canary\n' },
      { widgetSecret: 'canary' },
    ].map(client),
    ...[
      { allowUnsignedSubjectTokens: 1 },
      { scopes: 'canary' },
      { scopes: ['a b'] },
      { widgetScopes: [7] },
    ].map(client),
    ...[{ organizationIds: [] }, { organizationIds: [''] }, { bankName: '' }].map(client),
    ...[7, [{}], [{ key: 'canary', algorithm: 'ES256' }], [{ key: { kty: 'EC' }, algorithm: 'none' }]].map(
      (subjectTokenKeys) => client({ subjectTokenKeys }),
    ),
  ],
  users: [
    ...[7, ['canary'], [{}], [{ email }, { email: email.toUpperCase() }]].map((users) => ({ users })),
    ...[{ email: 'canary' }, { mail: 'canary' }, { status: 'canary' }, { clientId: 'canary' }].map(user),
    ...[{ scopes: 'canary' }, { scopes: ['canary'] }, { accounts: {} }, { accounts: ['canary'] }].map(user),
    ...[{ name: '' }, { type: 'canary' }, { status: 'canary' }, { balance: 12.5 }, { balance: '12.5' }].map(
      account,
    ),
    ...[{ available: 'canary' }, { organizationId: 'canary' }, { currency: 'canary' }].map(account),
  ],
}

test.each(Object.entries(mistakes))('a message for a mistake in %s has become worse', async (_, given) => {
  expect(await Promise.all(given.map(told))).toMatchSnapshot()
})

test('a message for a mistake in a fault or a rotation has become worse', async () => {
  await using sandbox = await startSandbox()
  const { faults } = sandbox
  const calls: readonly (() => unknown)[] = [
    () => faults.slow(Number.NaN),
    () => faults.slow(-1),
    () => faults.slow(700_000),
    () => faults.status(200),
    () => faults.status(503, { on: 'canary', time: 1 } as never),
    () => faults.status(503, { retryAfterSeconds: -1, times: 0 }),
    () => faults.reset({ on: [], user: 7 } as never),
    () => faults.hang(null as never),
    () => faults.garbage('canary' as never),
    () => faults.answer({ status: 100, headers: { a: 1 }, body: 7 } as never),
    () => faults.answer({ text: 'canary' } as never),
    () => faults.oversized({ bytes: 1 }),
    () => faults.expireAccessTokens(403 as never),
    () => faults.moveClock('canary' as never),
    () => sandbox.rotateSecrets({ clientId: 'canary' }),
    () => sandbox.rotateSecrets({ widgetSecret: 'canary', clientsecret: 'canary' } as never),
  ]
  const messages = await Promise.all(calls.map(thrownBy))
  expect(messages).toMatchSnapshot()
  expect(faults.active()).toEqual([])
})

test('a message for a fault over HTTP has become worse', async () => {
  await using sandbox = await startSandbox()
  const bodies = [
    'canary',
    {},
    { fault: 'canary' },
    { fault: 'slow' },
    { fault: 'status', status: 200, canary: 1 },
    { fault: 'reset', time: 1 },
    { fault: 'oversized', bytes: 'canary' },
  ]
  const told = await Promise.all(
    bodies.map(async (body) => {
      const answer = await fetch(`${sandbox.baseUrl}/__sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const { detail } = (await answer.json()) as { detail: string }
      return `${answer.status}: ${detail}`
    }),
  )
  expect(told).toMatchSnapshot()
})
