// What every runtime has to do with the packed core. A step gives a word for the table, or throws.

import {
  createTesouroTokens,
  isTesouroTokensError,
  signedSubjectToken,
  tesouroTokensFromEnv,
  widgetTokenEndpoint,
} from '@tesouro-tokens/core'

const user = { sub: 'user-1', email: 'user-1@bank.example' }
const accounts = '/embedded-banking/v1/bank-accounts'

const check = (holds, otherwise) => {
  if (!holds) throw new Error(otherwise)
}

async function answered(response, status) {
  const text = await response.text()
  check(response.status === status, `${response.status} instead of ${status}: ${text.slice(0, 300)}`)
  return text
}

/** A private key of WebCrypto, from a JWK. */
const cryptoKey = ({ alg: _, ...jwk }) =>
  crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])

/**
 * The steps by name, in their order.
 *
 * @param control address at which the suite moves its clock, counts exchanges and expires tokens
 * @param env variables of a runtime that has no `process.env`
 * @param keys private keys of one client: `jwk` and `pem` (ES256), `rsa` (RS256), `ed` (EdDSA), `secret` (HS256, hex)
 * @param subscribe listens to one of the runtime's diagnostics channels, where it has some
 * @param serve starts the endpoint as this runtime serves, and gives its address; not on workers, which are served already
 */
export function createSteps({ options, keys, control, env, subscribe, serve, revocationPath }) {
  let aheadMs = 0
  const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs }
  const signed = signedSubjectToken({ key: keys.jwk, algorithm: 'ES256' })
  const whole = { ...options, revocationPath, clock }
  const tokens = createTesouroTokens({ ...whole, subjectToken: signed })
  const endpoint = widgetTokenEndpoint({ tokens, getUser: () => user })

  const exchanges = async () => Number(await answered(await fetch(`${control}/exchanges`), 200))
  const order = async (what) => void (await answered(await fetch(control + what, { method: 'POST' }), 200))
  const init = (widgetToken) =>
    fetch(new URL('/api/widget-gateway/init', options.baseUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${widgetToken}` },
    })
  const token = async () => (await tokens.getUserAccessToken(user)).accessToken
  let first = ''

  return {
    async ready() {
      await tokens.ready({ platform: true })
    },

    async mint() {
      const { widgetToken, exp } = await tokens.mintWidgetToken(user)
      check(widgetToken.split('.').length === 5 && Number.isInteger(exp), 'no widget token')
    },

    async gateway() {
      const { widgetToken } = await tokens.mintWidgetToken(user)
      check(JSON.parse(await answered(await init(widgetToken), 200)).userId, 'the gateway names no user')
    },

    async keys() {
      const secret = Uint8Array.from(keys.secret.match(/../g), (digits) => Number.parseInt(digits, 16))
      const sources = {
        PEM: { key: keys.pem, algorithm: 'ES256' },
        JWK: { key: keys.jwk, algorithm: 'ES256' },
        CryptoKey: { key: await cryptoKey(keys.jwk), algorithm: 'ES256' },
        'JWK of RSA': { key: keys.rsa, algorithm: 'RS256' },
        'JWK of Ed25519': { key: keys.ed, algorithm: 'EdDSA' },
        bytes: { key: secret, algorithm: 'HS256' },
      }
      for (const [form, source] of Object.entries(sources)) {
        try {
          const own = createTesouroTokens({ ...whole, subjectToken: signedSubjectToken(source) })
          await answered(await init((await own.mintWidgetToken(user)).widgetToken), 200)
          await own.close()
        } catch (error) {
          throw new Error(`${form}: ${error.message}`)
        }
      }
    },

    async exchange() {
      const all = await Promise.all(Array.from({ length: 20 }, token))
      check(new Set(all).size === 1, 'two tokens for one user')
      const made = await exchanges()
      check(made === 1, `${made} exchanges for 20 calls of one user`)
    },

    async call() {
      const address = new URL(accounts, options.baseUrl)
      for (const input of [accounts, address, new Request(address)]) {
        await answered(await tokens.fetchAsUser(user, input), 200)
      }
      await order('/expire')
      await answered(await tokens.fetchAsUser(user, new Request(address)), 200)
    },

    async environment() {
      let own
      try {
        own = tesouroTokensFromEnv()
      } catch (error) {
        check(env !== undefined && error.message.includes('tesouroTokensFromEnv({ env })'), error.message)
        own = tesouroTokensFromEnv({ env })
      }
      await answered(await init((await own.mintWidgetToken(user)).widgetToken), 200)
      await own.close()
    },

    async endpoint() {
      const address = `${(await serve?.(endpoint)) ?? 'https://bank.example'}/api/tesouro/widget-token`
      const request = new Request(address, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
      const response = await (serve === undefined ? endpoint(request) : fetch(request))
      check(response.headers.get('cache-control') === 'no-store', 'the answer may be stored')
      await answered(await init(JSON.parse(await answered(response, 200)).widgetToken), 200)
    },

    /** 100 of 3,600 seconds are left, which is in the second half of the window in which a token is refreshed. */
    async ageing() {
      first = await token()
      aheadMs += 3_500_000
      await order('/ahead?ms=3500000')
      return (await token()) === first ? 'in the background' : 'before the answer'
    },

    async refresh() {
      for (let tries = 0; (await token()) === first; tries++) {
        check(tries < 500, 'the ageing token is served on and on')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const made = await exchanges()
      check(made === 3, `${made} exchanges instead of the first, one for an expired token, and one refresh`)
    },

    async events() {
      const told = []
      const published = []
      subscribe?.('tesouro-tokens:mint', ({ type }) => published.push(type))
      const own = createTesouroTokens({
        ...whole,
        subjectToken: signed,
        onEvent: ({ type }) => told.push(type),
      })
      await own.mintWidgetToken(user)
      await own.close()
      check(told.includes('mint'), 'onEvent was told of no mint')
      check(subscribe === undefined || published.includes('mint'), 'no channel was told of a mint')
      return subscribe === undefined ? 'onEvent only' : undefined
    },

    async hit() {
      await token()
      const began = performance.now()
      for (let calls = 0; calls < 20_000; calls++) await tokens.getUserAccessToken(user)
      return `${((performance.now() - began) / 20).toFixed(1)} µs`
    },

    async logout() {
      const before = await token()
      const { forgotten, revoked, failed } = await tokens.forgetUser(user, { revoke: true })
      check(forgotten === 1 && revoked === 1 && failed === 0, `${forgotten}, ${revoked}, ${failed}`)
      check((await token()) !== before, 'the token of before the logout is served')
    },

    async close() {
      await tokens.close()
      const error = await token().catch((thrown) => thrown)
      check(isTesouroTokensError(error, 'closed'), 'calls go on after close()')
    },
  }
}
