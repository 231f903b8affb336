import { createTesouroTokens, createWidgetTokenHandler, unsecuredSubjectToken } from '@tesouro-tokens/core'
import fc from 'fast-check'
import { type Fuzzer, hold } from './fuzzer.js'
import { nearlyJson, text } from './values.js'

const tokens = createTesouroTokens({
  environment: 'sandbox',
  clientId: 'client-1',
  clientSecret: 'canary-of-the-client',
  widgetSecret: '0f'.repeat(32),
  subjectToken: unsecuredSubjectToken(),
})
const handle = createWidgetTokenHandler<undefined>({
  tokens,
  getUser: () => ({ sub: 'alice', email: 'alice@bank.example' }),
  allowedOrigins: ['https://app.bank.example'],
  mintLimit: false,
  onError: () => {},
  onRefusal: () => {},
})

const statuses = [200, 204, 400, 403, 405, 413, 415, 500]
const name = fc.oneof(
  fc.constantFrom(
    'origin',
    'Origin',
    'sec-fetch-site',
    'content-type',
    'content-length',
    'transfer-encoding',
  ),
  fc.constantFrom('access-control-request-headers', 'host', 'x-forwarded-host', ':authority', '__proto__'),
  text,
)
const value = fc.oneof(
  fc.constantFrom('application/json', 'same-origin', 'none', 'null', 'https://app.bank.example', '12', '-1'),
  text,
  fc.integer(),
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
)
const body = fc.oneof(nearlyJson, fc.uint8Array({ maxLength: 9_000 }), fc.anything(), fc.constant(undefined))

/** Headers and bodies of requests, before and after a parser of a framework. */
export const endpoint: Fuzzer = {
  name: 'headers and bodies',
  property: () =>
    fc.asyncProperty(
      fc.record({
        method: fc.oneof(fc.constantFrom('POST', 'OPTIONS'), text),
        host: fc.oneof(fc.constantFrom('bank.example', undefined), text),
        headers: fc.dictionary(name, value, { maxKeys: 6 }),
        body: fc.oneof(
          body,
          fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 5 }).map((parts) => streamOf(parts)),
        ),
      }),
      async (input) => {
        const answer = await handle({ ...input, request: undefined })
        hold(statuses.includes(answer.status), `status ${answer.status}`)
        hold(answer.headers['cache-control'] === 'no-store', 'may be cached')
        const isToken = answer.body !== undefined && 'widgetToken' in answer.body
        hold(isToken === (answer.status === 200), `status ${answer.status} with or without a token`)
        const origin = answer.headers['access-control-allow-origin']
        hold(origin === undefined || origin === 'https://app.bank.example', `allows ${origin}`)
        for (const header of Object.values(answer.headers)) {
          hold(/^[\x20-\x7e]*$/.test(header), `header ${JSON.stringify(header)}`)
        }
      },
    ),
}

async function* streamOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}
