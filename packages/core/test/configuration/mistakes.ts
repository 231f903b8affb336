import { limitStore, validOptions } from '../valid-options.js'

const url = (baseUrl: unknown, more: object = {}): object => ({ environment: undefined, baseUrl, ...more })
const hexDigits = '0f'.repeat(32)

/** What somebody may write instead of a right value: replaces valid options one mistake at a time. */
export const optionMistakes: { readonly [option: string]: readonly object[] } = {
  environment: [
    { environment: undefined },
    { environment: null },
    { environment: 'staging' },
    { environment: 7 },
    { baseUrl: 'https://bank.example' },
  ],
  baseUrl: [
    null,
    7,
    '',
    ' https://bank.example',
    'https://bank.example\\x',
    'bank.example',
    'https://user@bank.example',
    'https://bank.example/?a=b',
    'https://bank.example/#a',
    'https://[bank.example',
    'http://bank.example',
    'https://bank.example/openid/connect/token',
  ].map((value) => url(value)),
  allowHttp: [{ allowHttp: 1 }, { allowHttp: null }, url('http://bank.example', { allowHttp: 'true' })],
  clientId: [undefined, null, 7, '', ' ', ' id', 'x'.repeat(1_025), 'a\u0000b'].map((clientId) => ({
    clientId,
  })),
  clientSecret: [undefined, 7, '', 'secret\n'].map((clientSecret) => ({ clientSecret })),
  widgetSecret: [
    7,
    '',
    ` ${hexDigits}`,
    `"${hexDigits}"`,
    `KEY=${hexDigits}`,
    `0x${hexDigits}`,
    hexDigits.replaceAll('0', '０'),
    `é${hexDigits}`,
    hexDigits.replaceAll('0f0f', '0f0f:'),
    hexDigits + hexDigits,
    hexDigits.slice(1),
    hexDigits.slice(2),
    `${'A'.repeat(43)}=`,
    `${'A'.repeat(86)}==`,
    '?'.repeat(32),
    '?'.repeat(64),
    '?',
    new Uint8Array(32),
  ].map((widgetSecret) => ({ widgetSecret })),
  credentials: [
    { credentials: () => ({}) },
    { clientId: undefined, clientSecret: undefined, widgetSecret: undefined, credentials: 'text' },
    { clientId: undefined, clientSecret: undefined, widgetSecret: undefined, credentials: null },
  ],
  credentialsMaxAgeSeconds: [0, -1, '60', Number.NaN, Number.POSITIVE_INFINITY].map(
    (credentialsMaxAgeSeconds) => ({ credentialsMaxAgeSeconds }),
  ),
  subjectToken: [async () => 'jwt', 'ey.ey.ey', {}, null, 7].map((subjectToken) => ({ subjectToken })),
  widgetTokenLifetimeSeconds: [
    ...[299, 601, 480.5, '480', 480_000, Number.NaN].map((widgetTokenLifetimeSeconds) => ({
      widgetTokenLifetimeSeconds,
    })),
    url('http://127.0.0.1:9', { widgetTokenLifetimeSeconds: 9 }),
    url('not a URL', { widgetTokenLifetimeSeconds: 9 }),
  ],
  cache: [
    {},
    null,
    Promise.resolve(),
    { get() {}, set() {}, delete() {}, forget() {}, lease: 1, onForget: 1, close: 1 },
  ].map((cache) => ({ cache })),
  cacheNameKey: ['', 7, hexDigits.slice(1)].map((cacheNameKey) => ({ cacheNameKey })),
  auditKey: ['', 7, null].map((auditKey) => ({ auditKey })),
  tenant: ['', 7, null, '\n'].map((tenant) => ({ tenant })),
  waitUntil: [{ waitUntil: {} }, { waitUntil: null }],
  timeouts: [
    null,
    7,
    { attemptMs: 0 },
    { attemptMs: '1', exchangeMs: -1, callMs: Number.NaN, cacheMs: 2 ** 31 },
    { exchangems: 1, anything: 2, 'canary value': 3 },
    { callMs: null },
  ].map((timeouts) => ({ timeouts })),
  retry: [true, null, 3, {}, { attempts: 0 }, { attempts: 11 }, { attempts: 1.5 }].map((retry) => ({
    retry,
  })),
  requestsPerSecond: [0, -1, 0.5, '25', null, true, { perSecond: 25, store: limitStore }].map(
    (requestsPerSecond) => ({ requestsPerSecond }),
  ),
  limitStore: [null, {}, { reserve() {} }, Promise.resolve(limitStore)].map((limitStore) => ({ limitStore })),
  revocationPath: [7, 'v1/revoke', '//evil.example', '/a b', '/../up'].map((revocationPath) =>
    url('https://bank.example/prefix', { revocationPath }),
  ),
  onEvent: [{ onEvent: 1 }],
  fetch: [{ fetch: 'fetch' }],
  clock: [{ clock: 1 }, { clock: { now: () => 0 } }, { clock: null }],
  'names that there are not': [
    { widgetsecret: 1 },
    { widgetSecrets: 1, colour: 2 },
    { [hexDigits]: 1 },
    { timeout: 1, retries: 2 },
  ],
}

/** Valid options with one mistake in them. */
export const withMistake = (mistake: object): object => ({ ...validOptions(), ...mistake })
