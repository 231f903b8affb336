import { as, json, type RawRequest } from './client.js'
import type { AdapterScenario } from './subject.js'

/** One request and the exact answer that every adapter gives to it. */
export interface PolicyRow {
  name: string
  scenario: AdapterScenario
  request: RawRequest
  status: number
  code?: string
  /** Headers that the answer must have, and, where `undefined`, must not. */
  headers?: Readonly<Record<string, string | undefined>>
  /** Calls of `getUser` and of `onError`. */
  lookups: 0 | 1
  errors: 0 | 1
}

const noCors = { 'access-control-allow-origin': undefined, 'access-control-allow-credentials': undefined }
const cors = {
  'access-control-allow-origin': 'https://app.example',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'Retry-After',
}
const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type',
}

const tracing = {
  'access-control-request-headers': 'content-type,traceparent,baggage,sentry-trace,x-datadog-trace-id',
}

/** What is the same on every framework, whatever stands in front of the adapter. */
export const policy: readonly PolicyRow[] = [
  {
    name: 'no body at all',
    scenario: 'plain',
    request: { headers: as('alice') },
    status: 200,
    headers: { ...noCors, 'content-type': 'application/json' },
    lookups: 1,
    errors: 0,
  },
  {
    name: 'an empty body of another type',
    scenario: 'plain',
    request: { headers: { ...as('alice'), 'content-length': '0', 'content-type': 'text/plain' } },
    status: 200,
    lookups: 1,
    errors: 0,
  },
  {
    name: 'the own identity, in another case and with space around it',
    scenario: 'plain',
    request: {
      headers: { ...as('alice'), ...json },
      body: '{"userId":"alice","userEmail":" ALICE@example.COM "}',
    },
    status: 200,
    lookups: 1,
    errors: 0,
  },
  {
    name: 'members that mean nothing',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: '{"theme":"dark","nested":{"deep":[1]}}' },
    status: 200,
    lookups: 1,
    errors: 0,
  },
  {
    name: 'nobody signed in',
    scenario: 'plain',
    request: { headers: json, body: '{"userId":"alice"}' },
    status: 401,
    code: 'not_signed_in',
    headers: { 'www-authenticate': 'Bearer realm="widget-token"' },
    lookups: 1,
    errors: 0,
  },
  {
    name: 'another id',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: '{"userId":"bob"}' },
    status: 403,
    code: 'identity_mismatch',
    lookups: 1,
    errors: 0,
  },
  {
    name: 'another address',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: '{"userEmail":"bob@example.com"}' },
    status: 403,
    code: 'identity_mismatch',
    lookups: 1,
    errors: 0,
  },
  {
    name: 'an id that is no text',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: '{"userId":["alice"]}' },
    status: 400,
    code: 'invalid_body',
    lookups: 1,
    errors: 0,
  },
  {
    name: 'an array',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: '[{"userId":"alice"}]' },
    status: 400,
    code: 'invalid_body',
    lookups: 1,
    errors: 0,
  },
  {
    name: 'a declared length over 8 KiB',
    scenario: 'plain',
    request: { headers: { ...as('alice'), ...json }, body: JSON.stringify({ pad: 'x'.repeat(9000) }) },
    status: 413,
    code: 'body_too_large',
    lookups: 0,
    errors: 0,
  },
  {
    name: 'a user without e-mail address',
    scenario: 'plain',
    request: { headers: as('no-email') },
    status: 403,
    code: 'user_not_eligible',
    lookups: 1,
    errors: 0,
  },
  {
    name: 'getUser that throws',
    scenario: 'plain',
    request: { headers: as('session-store-down') },
    status: 500,
    code: 'misconfigured',
    lookups: 1,
    errors: 1,
  },
  {
    name: 'tokens that throws',
    scenario: 'tenants',
    request: { headers: as('alice-nowhere') },
    status: 500,
    code: 'misconfigured',
    lookups: 1,
    errors: 1,
  },
  {
    name: 'a preflight from an allowed origin',
    scenario: 'origins',
    request: { method: 'OPTIONS', headers: { ...preflight, origin: 'https://app.example' } },
    status: 204,
    headers: {
      ...cors,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '7200',
    },
    lookups: 0,
    errors: 0,
  },
  {
    name: 'a preflight of a page whose tracing library adds headers',
    scenario: 'origins',
    request: {
      method: 'OPTIONS',
      headers: { ...preflight, ...tracing, origin: 'https://app.example' },
    },
    status: 204,
    headers: { ...cors, 'access-control-allow-headers': tracing['access-control-request-headers'] },
    lookups: 0,
    errors: 0,
  },
  {
    name: 'an own page that hides its origin',
    scenario: 'plain',
    request: { headers: { ...as('alice'), origin: 'null', 'sec-fetch-site': 'same-origin' } },
    status: 200,
    headers: noCors,
    lookups: 1,
    errors: 0,
  },
  {
    name: 'a page without an origin',
    scenario: 'plain',
    request: { headers: { ...as('alice'), origin: 'null' } },
    status: 403,
    code: 'origin_not_allowed',
    headers: noCors,
    lookups: 0,
    errors: 0,
  },
  {
    name: 'a preflight from a foreign origin',
    scenario: 'origins',
    request: { method: 'OPTIONS', headers: { ...preflight, origin: 'https://evil.example' } },
    status: 403,
    code: 'origin_not_allowed',
    headers: { ...noCors, 'access-control-allow-methods': undefined },
    lookups: 0,
    errors: 0,
  },
  {
    name: 'a preflight where no origin is allowed',
    scenario: 'plain',
    request: { method: 'OPTIONS', headers: { ...preflight, origin: 'https://app.example' } },
    status: 403,
    code: 'origin_not_allowed',
    headers: noCors,
    lookups: 0,
    errors: 0,
  },
  {
    name: 'a refusal that an allowed origin may read',
    scenario: 'origins',
    request: { headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } },
    status: 401,
    code: 'not_signed_in',
    headers: cors,
    lookups: 1,
    errors: 0,
  },
  ...(
    [
      ['two origins', { origin: ['https://app.example', 'https://evil.example'] }],
      ['the same origin twice', { origin: ['https://app.example', 'https://app.example'] }],
      ['two values of Sec-Fetch-Site', { 'sec-fetch-site': ['same-origin', 'same-origin'] }],
      ['an empty Origin', { origin: '' }],
      ['an empty Sec-Fetch-Site', { 'sec-fetch-site': '' }],
      ['an origin with a path', { origin: 'https://app.example/' }],
      ['an origin in upper case', { origin: 'https://APP.example' }],
      ['an origin with another port', { origin: 'https://app.example:8443' }],
    ] as const
  ).map(
    ([name, headers]): PolicyRow => ({
      name,
      scenario: 'origins',
      request: { headers: { ...as('alice'), ...(headers as Record<string, string | string[]>) } },
      status: 403,
      code: 'origin_not_allowed',
      headers: noCors,
      lookups: 0,
      errors: 0,
    }),
  ),
]
