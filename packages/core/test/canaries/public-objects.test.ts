import { Buffer } from 'node:buffer'
import { Console } from 'node:console'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, expect, it, vi } from 'vitest'
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
  widgetTokenEndpoint,
} from '../../src/index.js'
import { startServer } from '../token-endpoint/scripted-server.js'
import { secretsIn } from './search.js'
import { secrets, signingKeyJwk, signingKeyPem, user } from './secrets.js'
import { grants } from './stage.js'

// Objects that applications hold end up in logs, debuggers and error reports.

const server = await startServer(grants)
afterAll(() => server.close())

const { clientSecret, widgetSecret } = secrets
const cache = memoryTokenCache()
const layered = layeredTokenCache({ shared: { ...memoryTokenCache(), local: false } })
const signed = signedSubjectToken({ key: signingKeyPem, algorithm: 'ES256' })
const options = { baseUrl: server.url.href, clientId: 'client-1', clientSecret, widgetSecret }
const tokens = createTesouroTokens({ ...options, cache, subjectToken: signed })
const encrypted = encryptedTokenCache(memoryTokenCache(), { keys: [widgetSecret] })
const rotating = createTesouroTokens({
  cache: layered,
  baseUrl: server.url.href,
  credentials: () => ({ clientId: 'client-2', clientSecret, widgetSecret }),
  subjectToken: signedSubjectToken({ key: () => signingKeyJwk, algorithm: 'ES256' }),
})
const fromEnv = tesouroTokensFromEnv({
  cache: encrypted,
  cacheNameKey: widgetSecret,
  env: {
    TESOURO_BASE_URL: server.url.href,
    TESOURO_CLIENT_ID: 'client-3',
    TESOURO_CLIENT_SECRET: clientSecret,
    TESOURO_WIDGET_SECRET: widgetSecret,
    TESOURO_SUBJECT_TOKEN_KEY: JSON.stringify(signingKeyJwk),
    TESOURO_SUBJECT_TOKEN_ALGORITHM: 'ES256',
  },
})
for (const each of [tokens, rotating, fromEnv]) {
  await each.ready()
  await each.getUserAccessToken(user)
  await each.getAppAccessToken()
  await each.mintWidgetToken(user)
}
const hmacKey = Buffer.from(secrets.widgetSecret, 'hex')
const endpoint = { tokens, getUser: () => user }

const objects: Record<string, unknown> = {
  'createTesouroTokens()': tokens,
  'createTesouroTokens() with a credentials function': rotating,
  'tesouroTokensFromEnv()': fromEnv,
  'memoryTokenCache() with tokens in it': cache,
  'layeredTokenCache() with tokens in it': layered,
  'encryptedTokenCache() with tokens in it': encrypted,
  'signedSubjectToken() with PEM': signed,
  'signedSubjectToken() with a JWK': signedSubjectToken({ key: signingKeyJwk, algorithm: 'ES256' }),
  'signedSubjectToken() with bytes': signedSubjectToken({ key: hmacKey, algorithm: 'HS256' }),
  'signedSubjectToken() with a KeyObject': signedSubjectToken({
    key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    algorithm: 'ES256',
  }),
  'unsecuredSubjectToken()': unsecuredSubjectToken(),
  'subjectTokenFrom()': subjectTokenFrom(() => secrets.providersSubjectToken),
  'createWidgetTokenHandler()': createWidgetTokenHandler(endpoint),
  'widgetTokenEndpoint()': widgetTokenEndpoint(endpoint),
}

it.each(Object.entries(objects))('%s shows no secret to whoever prints it', (_, object) => {
  expect(secretsIn(object)).toEqual([])
  const printed: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const plain = new Console(process.stdout)
  try {
    plain.log(object, `${object}`)
    plain.dir(object, { depth: null, showHidden: true })
    plain.table(object)
  } finally {
    write.mockRestore()
  }
  expect(printed.join('').length).toBeGreaterThan(0)
  expect(secretsIn(printed.join(''))).toEqual([])
})

it('the tokens say which platform they are for, and nothing else', () => {
  expect(JSON.parse(JSON.stringify(tokens))).toEqual({ baseUrl: server.url.href })
})
