import { describe, expect, it } from 'vitest'
import {
  createTesouroTokens,
  createWidgetTokenHandler,
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  signedSubjectToken,
  subjectTokenFrom,
  tesouroTokensFromEnv,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { leaked } from '../leaked.js'
import { thrownBy, validOptions } from '../valid-options.js'
import { optionMistakes, withMistake } from './mistakes.js'

/** As JavaScript calls it: what a compiler would have said is not known there. */
const problemsOf = (make: (...given: never[]) => unknown, ...given: readonly unknown[]): unknown => {
  const error = thrownBy(() => Reflect.apply(make, null, given))
  expect(error).toMatchObject({ code: 'configuration' })
  expect(leaked(error, ['canary'])).toEqual([])
  return Object(error).problems
}

describe('a message for a mistake has become worse', () => {
  it.each(Object.entries(optionMistakes))('%s', (_, mistakes) => {
    const told = mistakes.map((mistake) => problemsOf(createTesouroTokens, withMistake(mistake)))
    expect(told).toMatchSnapshot()
  })

  it('of the options as a whole', () => {
    expect(
      [undefined, null, 'text', 7].map((value) => problemsOf(createTesouroTokens, value)),
    ).toMatchSnapshot()
  })

  it('in the environment', () => {
    const env = {
      TESOURO_ENVIRONMENT: 'staging',
      TESOURO_CLIENT_ID: ' canary',
      TESOURO_CLIENT_SECRET: 'canary\n',
      TESOURO_WIDGET_SECRET: 'canary',
    }
    const key = { TESOURO_SUBJECT_TOKEN_KEY: '{canary', TESOURO_SUBJECT_TOKEN_ALGORITHM: 'canary' }
    const told = [
      {},
      { env: { NODE_ENV: 'test' } },
      { env },
      { env: { ...env, ...key } },
      { env: { ...env, ...key, TESOURO_SUBJECT_TOKEN_KEY: '{}', TESOURO_SUBJECT_TOKEN_AUDIENCE: ' ' } },
      { env: { ...env, TESOURO_BASE_URL: 'http://bank.example' }, widgetTokenLifetimeSeconds: 1, colour: 1 },
      { env: { TESOURO_API_BASE_URL: 'https://bank.example' }, clientId: 7 },
    ].map((options) => problemsOf(tesouroTokensFromEnv, options))
    expect(told).toMatchSnapshot()
  })

  it('of the endpoint', () => {
    const tokens = createTesouroTokens(validOptions())
    const getUser = () => null
    const told = [
      undefined,
      null,
      {},
      { tokens: 7, getUser: 7, allowedOrigins: 7, mintLimit: 7, onError: 7, onRefusal: 7 },
      { tokens: createTesouroTokens(validOptions({ widgetSecret: undefined })), getUser },
      { tokens, getUser, mintLimit: { perMinute: 0 } },
      { tokens, getUser, mintLimit: { perMinute: 30, store: {} }, getuser: 1 },
      { tokens, getUser, mintLimit: null, allowedOrigins: null },
      {
        tokens,
        getUser,
        allowedOrigins: [7, '*', 'null', ' https://a.example', 'https://*.example', 'a.example'],
      },
      {
        tokens,
        getUser,
        allowedOrigins: ['https://a.example/', 'https://a.example/x', 'https://u@a.example', 'https://a,b'],
      },
      {
        tokens,
        getUser,
        allowedOrigins: [
          'https://A.example',
          'https://a.example:443',
          'https://ä.example',
          'https://a.example',
        ],
      },
    ].map((options) => problemsOf(createWidgetTokenHandler, options))
    expect(told).toMatchSnapshot()
  })

  it('of subject tokens', () => {
    const sign = (): Uint8Array => new Uint8Array(64)
    const told = [
      ...[
        undefined,
        {},
        {
          key: 'canary',
          algorithm: 'ES256',
          keyId: '',
          issuer: 7,
          audience: [],
          keyMaxAgeSeconds: 0,
          keyid: 1,
        },
        { key: 'canary', algorithm: 'none', audience: ['', 'ok', 7], keyMaxAgeSeconds: '1' },
        { key: 'canary', algorithm: 'es256', issuer: null, audience: null },
        { sign, key: 'canary', keyMaxAgeSeconds: 1, algorithm: 'HS256', publicKey: 'canary' },
        { sign: 7, algorithm: 'ES256', publicKey: 7, singer: 1 },
      ].map((options) => problemsOf(signedSubjectToken, options)),
      problemsOf(unsecuredSubjectToken, { issuer: '', audience: [''], isuer: 1 }),
      problemsOf(subjectTokenFrom),
    ]
    expect(told).toMatchSnapshot()
  })

  it('of caches', () => {
    const key = '0f'.repeat(32)
    const told = [
      problemsOf(memoryTokenCache, { maxEntries: 0, maxentries: 1 }),
      problemsOf(memoryTokenCache, { maxEntries: null, clock: Date }),
      problemsOf(memoryTokenCache, null),
      problemsOf(layeredTokenCache),
      problemsOf(layeredTokenCache, { shared: {}, local: {}, locals: 1 }),
      problemsOf(layeredTokenCache, { shared: Promise.resolve(memoryTokenCache()) }),
      problemsOf(layeredTokenCache, { shared: { ...memoryTokenCache(), lease: 1, hears: true } }),
      problemsOf(encryptedTokenCache),
      problemsOf(encryptedTokenCache, Promise.resolve(memoryTokenCache()), { keys: [key], key }),
      problemsOf(encryptedTokenCache, memoryTokenCache(), key),
      problemsOf(encryptedTokenCache, memoryTokenCache(), { keys: [] }),
      problemsOf(encryptedTokenCache, memoryTokenCache(), { keys: ['canary', key, key.toUpperCase()] }),
    ]
    expect(told).toMatchSnapshot()
  })
})
