import { describe, expect, it } from 'vitest'
import { readOptions } from '../../src/configuration/read-options.js'
import { ConfigurationError, createTesouroTokens, type TesouroTokensOptions } from '../../src/index.js'
import { leaked } from '../leaked.js'
import { limitStore, thrownBy, validOptions, widgetSecret } from '../valid-options.js'

function problemsOf(options: unknown): readonly string[] {
  const error = thrownBy(() => createTesouroTokens(options as TesouroTokensOptions))
  expect(error).toBeInstanceOf(ConfigurationError)
  return (error as ConfigurationError).problems
}

describe('options that are wrong', () => {
  it('include both of two that exclude each other, when each has its own mistake', () => {
    const problems = problemsOf(validOptions({ baseUrl: 'http://bank.example' }))
    expect(problems).toEqual([
      expect.stringContaining('environment: is given together'),
      expect.stringContaining('baseUrl: must be https'),
    ])
  })

  it('are told all at once, and no value is repeated', () => {
    const canaries = {
      clientId: ' canary-id-9d1c ',
      clientSecret: 'canary-secret-9d1c\n',
      widgetSecret: 'canary-widget-9d1c',
      baseUrl: 'http://canary-user:canary-password@bank.example/?canary-query',
      tenant: '',
      revocationPath: '//canary-host.example/revoke',
      environment: undefined,
    }
    const options = {
      ...canaries,
      widgetTokenLifetimeSeconds: 480_000,
      timeouts: { attemptMs: -1, exchangems: 2 },
      retry: { attempts: 0 },
      requestsPerSecond: 0,
      cache: {},
      clock: { now: 1 },
      fetch: 'fetch',
      onEvent: 1,
      waitUntil: {},
      subjectToken: async () => 'canary-jwt',
      widgetsecret: 'canary-misspelt',
    }
    const error = thrownBy(() => createTesouroTokens(options as unknown as TesouroTokensOptions))
    const { problems } = error as ConfigurationError
    for (const name of [...Object.keys(options), 'timeouts.attemptMs']) {
      if (['timeouts', 'environment', 'widgetsecret'].includes(name)) continue
      expect(
        problems.filter((problem) => problem.startsWith(`${name}: `)),
        name,
      ).toHaveLength(1)
    }
    expect(problems).toContain('timeouts: unknown option exchangems: did you mean exchangeMs?')
    expect(problems).toContain('unknown option widgetsecret: did you mean widgetSecret?')
    expect(problems.find((problem) => problem.startsWith('widgetTokenLifetimeSeconds'))).toContain(
      'milliseconds',
    )
    expect(leaked(error, ['canary'])).toEqual([])
  })

  it.each([
    ['neither environment nor baseUrl', { environment: undefined }, 'environment: is missing'],
    ['both of them', { baseUrl: 'https://bank.example' }, 'exactly one of the two'],
    [
      'an environment that is none',
      { environment: 'staging' },
      "environment: must be 'sandbox' or 'production'",
    ],
    ['a name of Object.prototype as environment', { environment: 'toString' }, 'environment: must be'],
    ['no client id', { clientId: undefined }, 'clientId: is missing'],
    ['no client secret', { clientSecret: undefined }, 'clientSecret: is missing'],
    ['credentials beside the secrets', { credentials: () => ({}) }, 'is given together with credentials'],
    ['a lifetime of 299 s', { widgetTokenLifetimeSeconds: 299 }, 'from 300 to 600'],
    ['a lifetime of 601 s', { widgetTokenLifetimeSeconds: 601 }, 'from 300 to 600'],
    ['a lifetime that is no number', { widgetTokenLifetimeSeconds: Number.NaN }, 'from 300 to 600'],
    ['a time limit that a timer cannot hold', { timeouts: { callMs: 2 ** 31 } }, 'timeouts.callMs: '],
    ['an endless time limit', { timeouts: { callMs: Number.POSITIVE_INFINITY } }, 'timeouts.callMs: '],
    ['a limit of half a request', { requestsPerSecond: 0.5 }, 'requestsPerSecond: must be'],
    [
      'a limit with its store',
      { requestsPerSecond: { perSecond: 25, store: limitStore } },
      'option limitStore',
    ],
    ['a limit store without its calls', { limitStore: { reserve() {} } }, 'limitStore: must be a LimitStore'],
    ['a limit store that is promised', { limitStore: Promise.resolve(limitStore) }, 'await it first'],
    ['no limit at all by null', { requestsPerSecond: null }, 'requestsPerSecond: must be'],
    ['a cache that was not awaited', { cache: Promise.resolve() }, 'cache: is a promise'],
    ['a token as subjectToken', { subjectToken: 'ey.ey.ey' }, 'subjectToken: is a text'],
    ['a source without its call', { subjectToken: {} }, 'subjectToken: must come from'],
    ['a max age of nothing', { credentialsMaxAgeSeconds: 0 }, 'credentialsMaxAgeSeconds: '],
  ])('are refused: %s', (_, overrides, words) => {
    expect(problemsOf({ ...validOptions(), ...overrides }).join('\n')).toContain(words)
  })

  it.each([undefined, null, 'text', 7])('are refused when they are %s', (options) => {
    expect(problemsOf(options)).toEqual(['options: must be an object'])
  })

  it('are not shown when a value was put in the place of a name', () => {
    const error = thrownBy(() =>
      createTesouroTokens({ ...validOptions(), [widgetSecret]: 1 } as TesouroTokensOptions),
    )
    expect((error as ConfigurationError).problems).toEqual(['an unknown option'])
    expect(leaked(error, [widgetSecret])).toEqual([])
  })
})

describe('a base URL that could carry the client secret somewhere else', () => {
  it.each([
    'http://api.tesouro.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://[::2]',
    'http://0.0.0.0',
    'https://user@bank.example',
    'https://user:pass@bank.example',
    'https://@bank.example',
    'https://bank.example?',
    'https://bank.example/?a=b',
    'https://bank.example#',
    'https://bank.example/#a',
    'https:bank.example',
    'https:\\\\bank.example',
    'https://bank.example\\@evil.example',
    'https://bank.example\n.evil.example',
    ' https://bank.example',
    'https://bank.example\t',
    'https:///bank.example',
    '//bank.example',
    'bank.example',
    'ftp://bank.example',
    'javascript:alert(1)',
    'https://',
    '',
    'https://bank.example/openid/connect/token',
    42,
    new URL('https://bank.example'),
  ])('is refused: %j', (baseUrl) => {
    const problems = problemsOf({ ...validOptions(), environment: undefined, baseUrl })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^baseUrl: /)
  })

  it.each([
    'https://api.tesouro.com',
    'https://bank.example/tesouro',
    'https://bank.example:8443/tesouro/',
    'http://localhost:3000',
    'http://app.localhost',
    'http://127.0.0.1:3000',
    'http://127.8.9.1',
    'http://[::1]:3000',
  ])('is all that is refused: %s is taken', (baseUrl) => {
    expect(() => createTesouroTokens(validOptions({ environment: undefined, baseUrl }))).not.toThrow()
  })

  it('keeps a path prefix', () => {
    const tokens = createTesouroTokens(
      validOptions({ environment: undefined, baseUrl: 'https://bank.example/tesouro' }),
    )
    expect(JSON.stringify(tokens)).toContain('https://bank.example/tesouro/')
  })

  it.each([
    'v1/auth/revoke',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\t//evil.example',
    'https://evil.example/revoke',
    '/../up',
    '/revoke?a=b',
    '/revoke#a',
    '',
    7,
  ])('nor does a revocation path: %j', (revocationPath) => {
    const given = {
      ...validOptions(),
      environment: undefined,
      baseUrl: 'https://bank.example/prefix',
      revocationPath,
    }
    expect(problemsOf(given)).toEqual([expect.stringMatching(/^revocationPath: /)])
  })
})

describe('a lifetime for demos', () => {
  it('is allowed against loopback alone', () => {
    const short = { widgetTokenLifetimeSeconds: 10 }
    expect(problemsOf(validOptions(short))).toHaveLength(1)
    const local = { ...short, environment: undefined, baseUrl: 'http://127.0.0.1:9' }
    expect(() => createTesouroTokens(validOptions(local))).not.toThrow()
    expect(problemsOf(validOptions({ ...local, widgetTokenLifetimeSeconds: 9 }))).toHaveLength(1)
  })
})

describe('an option given as undefined', () => {
  it('counts as absent, so that spreading optional values breaks nothing', () => {
    const undefinedOnes = {
      baseUrl: undefined,
      credentials: undefined,
      widgetSecret: undefined,
      subjectToken: undefined,
      cache: undefined,
      tenant: undefined,
      timeouts: { attemptMs: undefined },
      retry: undefined,
      clock: undefined,
    }
    expect(() => createTesouroTokens(validOptions(undefinedOnes))).not.toThrow()
  })
})

describe('a part that only minting wants', () => {
  it('is missed by minting, with every missing part named, and not at construction', async () => {
    const tokens = createTesouroTokens(validOptions({ widgetSecret: undefined, subjectToken: undefined }))
    const error = await tokens
      .mintWidgetToken({ sub: 'u', email: 'u@bank.example' })
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConfigurationError)
    const { problems } = error as ConfigurationError
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['widgetSecret', 'subjectToken'])
    expect(problems[1]).toContain('signedSubjectToken')
  })
})

describe('the time of an exchange', () => {
  it.each([
    [undefined, undefined, 15_000],
    [{ attemptMs: 1_000 }, 'no callMs', 15_000],
    [{ callMs: 120_000 }, 'more time', 115_000],
    [{ callMs: 4_000 }, 'less time', 3_000],
    [{ callMs: 120_000, exchangeMs: 7_000 }, 'both', 7_000],
  ])('does not follow the time of the call: %j', (timeouts, _, exchangeMs) => {
    expect(readOptions({ ...validOptions(), timeouts }).timeouts.exchangeMs).toBe(exchangeMs)
  })
})

it.each([
  ['nothing', undefined],
  ['NaN', Number.NaN],
])('a clock that tells %s keeps the process busy for ever', (_, told) => {
  const clock = { now: () => Date.now(), monotonic: () => told as number }
  expect(() => createTesouroTokens(validOptions({ clock }))).toThrow(/clock: must have the functions now/)
})
