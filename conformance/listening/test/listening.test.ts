import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Frameworks, type Heard, listen, setUpFrameworks } from './listen.js'

const canaries = [
  ...['a key that seals', 'a subject token', 'a user id', 'a widget token', 'an access token'],
  ...['an e-mail address', 'the client secret', 'the signing key', 'the widget secret'],
]

/** Without which this test would have listened to nothing. */
const places = [
  ...['node-redis:command', 'ioredis:command', 'express.router.request', 'fastify.request.handler'].map(
    (name) => `channel tracing:${name}:start`,
  ),
  ...['mint', 'obtain', 'exchange', 'revoke', 'cache', 'slot_wait'].map(
    (type) => `channel tracing:tesouro-tokens:${type}:asyncEnd`,
  ),
  ...['mint', 'cache_hit', 'cache_miss', 'cache_failure', 'exchange', 'refresh', 'forget'].map(
    (type) => `channel tesouro-tokens:${type}`,
  ),
  ...['renew', 'revoke', 'refusal', 'event'].map((type) => `channel tesouro-tokens:${type}`),
  ...['node-redis:command:reply', 'undici:request:create', 'undici:request:headers'].map(
    (name) => `channel ${name}`,
  ),
  ...['http.server.request.start', 'http.server.response.finish'].map((name) => `channel ${name}`),
  ...['redis', 'ioredis', 'http', 'undici', 'express', 'nestjs-core'].map(
    (name) => `spans of @opentelemetry/instrumentation-${name}`,
  ),
  ...[
    'spans of @tesouro-tokens/opentelemetry',
    'spans of next.js',
    'MONITOR',
    'slow log',
    'console',
    'onEvent',
  ],
]

/** As packages/redis/README.md says it. */
const seenUnsealed = [
  ...['MONITOR', 'channel node-redis:command:reply', 'channel tracing:ioredis:command:start'],
  ...['channel tracing:node-redis:command:start', 'slow log'],
  ...['spans of @opentelemetry/instrumentation-ioredis', 'spans of @opentelemetry/instrumentation-redis'],
]

/** As docs/operations.md says it. */
const headersOfCalls = 'header of a REST call on channel undici:'

const isHeaderOfCall = (seen: string): boolean => seen.startsWith(headersOfCalls)

const showing = (what: string, { found }: Heard): string[] =>
  found
    .filter((seen) => !isHeaderOfCall(seen) && seen.endsWith(`: ${what}`))
    .map((seen) => seen.slice(0, -`: ${what}`.length))

describe.skipIf(redisIsMissing())('a day of mints, exchanges, refreshes, logouts and faults', () => {
  let frameworks: Frameworks
  let remove = async (): Promise<void> => {}
  beforeAll(async () => {
    ;({ frameworks, remove } = await setUpFrameworks())
  })
  afterAll(() => remove())

  test('shows a token, a secret or a user to those who listen', async () => {
    const { found, searched, canaries: lookedFor } = await listen(frameworks)
    expect(Object.keys(searched)).toEqual(expect.arrayContaining(places))
    expect(lookedFor).toEqual(canaries)
    expect(found.filter((seen) => !isHeaderOfCall(seen))).toEqual([])
    expect(found).toContain(`${headersOfCalls}request:create: an access token`)
  })

  test('with `keys: false` shows tokens elsewhere than the README says, or this test does not see them', async () => {
    const heard = await listen(frameworks, { sealed: false })
    const shown = showing('an access token', heard)
    expect(shown).toEqual(expect.arrayContaining(seenUnsealed))
    const base = (place: string): string => place.replace(/:(start|end|asyncStart|asyncEnd|error)$/, '')
    expect([...new Set(shown.map(base))].sort()).toEqual(seenUnsealed.map(base).sort())
    for (const secret of ['the client secret', 'the widget secret', 'the signing key', 'a widget token']) {
      expect(showing(secret, heard)).toEqual([])
    }
  })

  test('with one value left unsealed is not noticed', async () => {
    expect(showing('an access token', await listen(frameworks, { leak: 'unsealed' }))).toEqual(
      expect.arrayContaining(seenUnsealed),
    )
  })

  test('with a token in an event is not noticed', async () => {
    expect(showing('an access token', await listen(frameworks, { leak: 'event' }))).toEqual([
      'channel tesouro-tokens:exchange',
    ])
  })
})
