import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  type TesouroTokensFromEnvOptions,
  tesouroTokensFromEnv,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { leaked } from '../leaked.js'
import { thrownBy, widgetSecret } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'from-jwk', alg: 'ES256' })

const env = {
  TESOURO_CLIENT_ID: 'client-1',
  TESOURO_CLIENT_SECRET: 'secret-1',
  TESOURO_WIDGET_SECRET: widgetSecret,
  TESOURO_ENVIRONMENT: 'sandbox',
  TESOURO_SUBJECT_TOKEN_KEY: pem,
  TESOURO_SUBJECT_TOKEN_ALGORITHM: 'ES256',
}
const user = { sub: 'u-1', email: 'u-1@bank.example' }

function problemsOf(options: TesouroTokensFromEnvOptions): readonly string[] {
  const error = thrownBy(() => tesouroTokensFromEnv(options))
  expect(error).toBeInstanceOf(ConfigurationError)
  return (error as ConfigurationError).problems
}

async function subjectTokenOf(options: TesouroTokensFromEnvOptions): Promise<string> {
  const { widgetToken } = await tesouroTokensFromEnv(options).mintWidgetToken(user)
  return (await openWidgetToken(widgetToken)).payload.subject_token as string
}

describe('environment variables', () => {
  it('under the name that the vendor’s demo reads are silently ignored', () => {
    const { TESOURO_ENVIRONMENT: _ours, ...rest } = env
    const vendors = { ...rest, TESOURO_API_BASE_URL: 'https://api.sandbox.tesouro.com' }
    expect(problemsOf({ env: vendors })).toContainEqual(
      "TESOURO_API_BASE_URL: is the name that the platform's own demo reads; here it is TESOURO_BASE_URL",
    )
    tesouroTokensFromEnv({ env: vendors, environment: 'sandbox' })
    tesouroTokensFromEnv({ env: { ...vendors, TESOURO_BASE_URL: 'https://api.sandbox.tesouro.com' } })
  })

  it('are enough to mint, with every optional one in its claim', async () => {
    const token = await subjectTokenOf({
      env: {
        ...env,
        TESOURO_SUBJECT_TOKEN_KEY_ID: 'key-7',
        TESOURO_SUBJECT_TOKEN_ISSUER: 'https://bank.example',
        TESOURO_SUBJECT_TOKEN_AUDIENCE: 'tesouro',
      },
    })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'key-7' })
    expect(decodeJwt(token)).toMatchObject({ iss: 'https://bank.example', aud: 'tesouro', sub: 'u-1' })
  })

  it.each([
    ['PEM on one line', { TESOURO_SUBJECT_TOKEN_KEY: pem.replaceAll('\n', '\\n') }],
    ['PEM that was escaped twice', { TESOURO_SUBJECT_TOKEN_KEY: pem.replaceAll('\n', '\\\\n') }],
    ['PEM with CRLF on one line', { TESOURO_SUBJECT_TOKEN_KEY: pem.replaceAll('\n', '\\r\\n') }],
    ['a JWK', { TESOURO_SUBJECT_TOKEN_KEY: jwk }],
  ])('take the key as %s', async (_, key) => {
    expect(decodeProtectedHeader(await subjectTokenOf({ env: { ...env, ...key } })).alg).toBe('ES256')
  })

  it('take algorithm and key id from a JWK that has them', async () => {
    const token = await subjectTokenOf({
      env: { ...env, TESOURO_SUBJECT_TOKEN_KEY: jwk, TESOURO_SUBJECT_TOKEN_ALGORITHM: '' },
    })
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', kid: 'from-jwk' })
  })

  it('are overruled by options', async () => {
    const tokens = tesouroTokensFromEnv({
      env: { ...env, TESOURO_BASE_URL: 'https://ignored.example', TESOURO_CLIENT_ID: 'ignored' },
      baseUrl: 'https://bank.example',
      clientId: 'chosen',
      subjectToken: unsecuredSubjectToken(),
    })
    expect(JSON.stringify(tokens)).toContain('bank.example')
    const { payload } = await openWidgetToken((await tokens.mintWidgetToken(user)).widgetToken)
    expect(payload.client_id).toBe('chosen')
    expect(decodeProtectedHeader(payload.subject_token as string).alg).toBe('none')
  })

  it('leave room for a credentials function, which is not mixed with them', () => {
    const credentials = () => ({ clientId: 'a', clientSecret: 'b' })
    expect(() => tesouroTokensFromEnv({ env, credentials })).not.toThrow()
  })
})

describe('environment variables that are wrong', () => {
  it('are named although the JWK is wrong, or the JWK although they are', () => {
    const own = privateKey.export({ format: 'jwk' })
    const problemOf = (members: object, more: object = {}): string => {
      const key = JSON.stringify({ ...own, ...members })
      const [problem = ''] = problemsOf({
        env: {
          ...env,
          TESOURO_SUBJECT_TOKEN_ALGORITHM: '',
          TESOURO_SUBJECT_TOKEN_KEY_ID: '',
          TESOURO_SUBJECT_TOKEN_KEY: key,
          ...more,
        },
      })
      return problem.split(': ', 1)[0] ?? ''
    }
    expect(problemOf({ alg: 'ES257' })).toBe('TESOURO_SUBJECT_TOKEN_KEY.alg')
    expect(problemOf({ alg: 5 })).toBe('TESOURO_SUBJECT_TOKEN_KEY.alg')
    expect(problemOf({ alg: { toString: 0 } })).toBe('TESOURO_SUBJECT_TOKEN_KEY.alg')
    expect(problemOf({ alg: ['ES256'] })).toBe('TESOURO_SUBJECT_TOKEN_KEY.alg')
    expect(problemOf({ alg: 'ES256', kid: 7 })).toBe('TESOURO_SUBJECT_TOKEN_KEY.kid')
    expect(problemOf({ alg: 'ES256', kid: '' })).toBe('TESOURO_SUBJECT_TOKEN_KEY.kid')
    Object.defineProperty(Object.prototype, 'alg', { value: 'ES256', configurable: true })
    try {
      expect(problemOf({})).toBe('TESOURO_SUBJECT_TOKEN_ALGORITHM')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'alg')
    }
    expect(problemOf({})).toBe('TESOURO_SUBJECT_TOKEN_ALGORITHM')
    expect(problemOf({ alg: 'ES256' }, { TESOURO_SUBJECT_TOKEN_ALGORITHM: 'ES257' })).toBe(
      'TESOURO_SUBJECT_TOKEN_ALGORITHM',
    )
  })

  it('are named, all at once, with what to ask onboarding for, when none is set', () => {
    const problems = problemsOf({ env: {} })
    for (const name of ['CLIENT_ID', 'CLIENT_SECRET', 'ENVIRONMENT', 'SUBJECT_TOKEN_KEY']) {
      expect(
        problems.filter((problem) => problem.startsWith(`TESOURO_${name}: `)),
        name,
      ).toHaveLength(1)
    }
    const ways = problems.find((problem) => problem.startsWith('TESOURO_SUBJECT_TOKEN_KEY'))
    for (const way of [
      'onboarding',
      'TESOURO_SUBJECT_TOKEN_ALGORITHM',
      'subjectTokenFrom',
      'unsecuredSubjectToken',
    ]) {
      expect(ways).toContain(way)
    }
  })

  it.each([
    ['an object', { kty: 'oct', canary: 'k' }],
    ['a list', [{ canary: 'k' }]],
    ['a number', 5],
    ['true', true],
    ['a symbol', Symbol('canary')],
  ])('are named where a worker has bound %s in the place of a text', (_, bound) => {
    for (const name of Object.keys(env)) {
      const problems = problemsOf({ env: { ...env, [name]: bound } as never })
      expect(problems.join('\n'), name).toMatch(new RegExp(`^${name}: `, 'm'))
      expect(problems.join('\n')).not.toContain('canary')
    }
  })

  it('are named where reading one throws, without what it throws', () => {
    for (const name of Object.keys(env)) {
      const throwing = {
        get: (): never => {
          throw new TypeError('canary')
        },
      }
      const odd = Object.defineProperty({ ...env }, name, throwing)
      const problems = problemsOf({ env: odd })
      expect(problems).toEqual([`${name}: cannot be read: a getter or a proxy throws`])
    }
  })

  it('count as missing when they are empty', () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, '']))
    expect(problemsOf({ env: empty })).toEqual(problemsOf({ env: {} }))
  })

  it('are named instead of the options, and show nothing of their values', () => {
    const wrong = {
      TESOURO_CLIENT_ID: 'canary-id ',
      TESOURO_CLIENT_SECRET: ' canary-secret',
      TESOURO_WIDGET_SECRET: 'canary-widget',
      TESOURO_BASE_URL: 'http://canary.example',
      TESOURO_SUBJECT_TOKEN_KEY: '{"canary": tru',
    }
    const error = thrownBy(() => tesouroTokensFromEnv({ env: wrong }))
    const { problems } = error as ConfigurationError
    for (const name of Object.keys(wrong)) {
      expect(
        problems.filter((problem) => problem.startsWith(`${name}: `)),
        name,
      ).toHaveLength(1)
    }
    expect(leaked(error, ['canary'])).toEqual([])
  })

  it.each([
    ['both base URLs', { TESOURO_BASE_URL: 'https://bank.example' }, /^TESOURO_ENVIRONMENT: .*exactly one/],
    [
      'a key without its algorithm',
      { TESOURO_SUBJECT_TOKEN_ALGORITHM: undefined },
      /^TESOURO_SUBJECT_TOKEN_ALGORITHM: is missing/,
    ],
    [
      'no signature',
      { TESOURO_SUBJECT_TOKEN_ALGORITHM: 'None' },
      /^TESOURO_SUBJECT_TOKEN_ALGORITHM: is none/,
    ],
    [
      'text as a secret key',
      { TESOURO_SUBJECT_TOKEN_ALGORITHM: 'HS256' },
      /^TESOURO_SUBJECT_TOKEN_KEY: is text/,
    ],
    [
      'a key in quotes',
      { TESOURO_SUBJECT_TOKEN_KEY: `"${pem}"` },
      /^TESOURO_SUBJECT_TOKEN_KEY: is in quotes/,
    ],
  ])('are refused: %s', (_, overrides, problem) => {
    expect(problemsOf({ env: { ...env, ...overrides } })).toEqual([expect.stringMatching(problem)])
  })

  it('do not hide behind options: a wrong option keeps its own name', () => {
    expect(problemsOf({ env, clientId: '' })).toEqual([expect.stringMatching(/^clientId: is empty/)])
  })
})

it('a worker’s env is refused by its type, because other things are bound beside the variables', async () => {
  interface WorkerEnv {
    TESOURO_CLIENT_ID: string
    SESSIONS: { get(id: string): Promise<string | null> }
  }
  const bound: WorkerEnv = { ...env, SESSIONS: { get: async () => null } }
  const { widgetToken } = await tesouroTokensFromEnv({ env: bound }).mintWidgetToken(user)
  expect(await openWidgetToken(widgetToken)).toMatchObject({ payload: { client_id: 'client-1' } })
})

it('a runtime without variables of its own is told to have forgotten to set some', () => {
  const { env: own } = process
  process.env = {}
  const error = thrownBy(() => tesouroTokensFromEnv())
  process.env = own
  expect(String(error)).toContain('tesouroTokensFromEnv({ env })')
  expect(String(thrownBy(() => tesouroTokensFromEnv({ env: {} })))).not.toContain(
    'tesouroTokensFromEnv({ env })',
  )
})

it('missing variables leave a newcomer without a way to go on', () => {
  const error = thrownBy(() => tesouroTokensFromEnv({ env: {} }))
  expect(error).toMatchObject({ code: 'configuration', problems: { length: 4 } })
  for (const name of [
    'TESOURO_CLIENT_ID',
    'TESOURO_CLIENT_SECRET',
    'TESOURO_ENVIRONMENT',
    'npx @tesouro-tokens/sandbox',
    '--env-file=.env',
  ]) {
    expect(String(error)).toContain(name)
  }
})

it('a value that is wrong is told as one that is missing', () => {
  const wrong = { ...env, TESOURO_CLIENT_SECRET: ' padded ' }
  expect(String(thrownBy(() => tesouroTokensFromEnv({ env: wrong })))).not.toContain(
    'npx @tesouro-tokens/sandbox',
  )
})
