import { createTesouroTokens } from '@tesouro-tokens/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { type Demo, startDemo } from '../world/demo.js'
import { accessTokensIn, characters, leaksIn, type Needle, signedTokensIn } from '../world/leaks.js'
import { preflightRefused, sessionOver, status403, widgetExpired } from '../world/notes.js'
import type { Exchange } from '../world/recording-proxy.js'
import { everythingShown, everythingStored } from '../world/shown.js'

const bytesOf = (parts: readonly Buffer[]): string => characters(Buffer.concat(parts))

/** Nothing of what is the server’s own reaches the browser. */
export function nothingSecret(example: ExampleName): void {
  let demo: Demo
  let needles: Needle[]
  let neighbour: string
  const kept: { at: string; text: string }[] = []

  beforeAll(async () => {
    demo = await startDemo(example)
    needles = needlesOf(demo)
    await useEverything()
  })
  afterAll(() => demo.close())

  /** Everything that the page can do, for both users, and what it held at each step. */
  async function useEverything(): Promise<void> {
    for (const name of ['Ana', 'Bruno'] as const)
      await demo.visit(
        async ({ page, context, signIn, press, button, later, ...rest }) => {
          neighbour = rest.neighbour
          const keep = async (at: string): Promise<void> => {
            kept.push({ at: `${name}, ${at}, shown`, text: await everythingShown(page) })
            kept.push({ at: `${name}, ${at}, stored`, text: await everythingStored(context) })
          }
          await keep('before signing in')
          await signIn(name)
          await page.getByTestId('opened').getByText('jti').first().waitFor({ state: 'attached' })
          await keep('signed in')
          await press(/^Pretend to be/, 'Refused with 403')
          await press('Mint from another origin', 'No token for')
          await press('Make upstream fail', 'you notice nothing')
          await press('Make upstream fail', 'The platform is back')
          await press('Expire my access token', 'made one token exchange')
          await later(6)
          await page.getByTestId('mints').getByText('Refreshed').first().waitFor()
          await keep('after every button')
          await button('Log out').click()
          await page.getByTestId('farewell').getByText('You are logged out').waitFor()
          await keep('logged out')
        },
        {
          clock: true,
          notes: [status403, ...preflightRefused, status403],
          possibleNotes: [...widgetExpired, ...sessionOver],
        },
      )
  }

  const fromThe = (origin: string): Exchange[] =>
    demo.proxy.exchanges.filter(({ url }) => url.origin === origin)
  const traffic = (): string =>
    demo.proxy.exchanges
      .flatMap(({ requestHead, requestBody, responseHead, responseBody }) => [
        requestHead,
        bytesOf(requestBody),
        responseHead,
        bytesOf(responseBody),
      ])
      .join('\n')
  /** Those that the widget gateway gave to a widget, for its own browser session. */
  const sessionTokens = (): string[] =>
    fromThe(demo.sandbox.baseUrl)
      .filter(({ url, status }) => url.pathname === '/api/widget-gateway/init' && status === 200)
      .filter(({ method }) => method === 'POST')
      .map(({ responseBody }) => JSON.parse(bytesOf(responseBody)).accessToken)

  it('is searched by something that is blind', async () => {
    await using tokens = createTesouroTokens(demo.sandbox.options)
    const { accessToken } = await tokens.getUserAccessToken({ sub: 'u_ana', email: 'ana@bank.example' })
    for (const [name, encode] of Object.entries(encodings)) {
      const hidden = (text: string): string => `{"a":"x${encode(Buffer.from(text, 'latin1'))}y"}`
      for (const needle of needles)
        expect([name, leaksIn(hidden(needle.text), needles)]).toEqual([
          name,
          expect.arrayContaining([needle.name]),
        ])
      expect([name, accessTokensIn(hidden(accessToken), demo.sandbox)]).toEqual([name, [accessToken]])
      expect([name, signedTokensIn(hidden(`"${accessToken}"`))]).toEqual([name, [accessToken]])
    }
    const wire = traffic()
    expect(wire).toContain('"type":"exchange"') // the event stream
    expect(wire).toMatch(/Set-Cookie: bank\.sid=/i)
    expect(wire).toContain('Origin: ') // of pages, preflights included
    expect(fromThe(demo.origin).some(({ url }) => url.pathname === '/page.js')).toBe(true)
    expect(kept.some(({ text }) => text.includes('Operating Account'))).toBe(true)
    expect(kept.some(({ text }) => text.includes('bank.sid'))).toBe(true)
    expect(sessionTokens().length).toBeGreaterThanOrEqual(4)
  })

  it('holds a secret of the server in its network traffic', () => {
    expect(leaksIn(traffic(), needles)).toEqual([])
  })

  it('holds a secret of the server in the page or its storage', () => {
    for (const { at, text } of kept) expect([at, leaksIn(text, needles)]).toEqual([at, []])
  })

  it('holds an access token of the backend', () => {
    const tokens = (text: string): string[] => accessTokensIn(text, demo.sandbox)
    expect(demo.sandbox.count({ kind: 'token_exchange', status: 200 })).toBeGreaterThanOrEqual(4)
    expect(tokens(traffic()).sort()).toEqual(sessionTokens().sort())
    for (const { at, text } of kept) expect([at, tokens(text)]).toEqual([at, []])
    const app = fromThe(demo.origin).flatMap(({ requestBody, responseBody }) => [
      ...requestBody,
      ...responseBody,
    ])
    expect(tokens(bytesOf(app))).toEqual([])
  })

  it('holds a subject token', () => {
    const texts = [traffic(), ...kept.map(({ text }) => text)]
    const known = new Set(sessionTokens())
    expect(texts.flatMap(signedTokensIn).filter((token) => !known.has(token))).toEqual([])
  })

  it('holds a token in an address', () => {
    const addresses = demo.proxy.exchanges.map(({ url }) => url.href).join('\n')
    expect(accessTokensIn(addresses, demo.sandbox)).toEqual([])
    expect(addresses).not.toContain('eyJ')
  })

  it('may be kept by a cache', () => {
    const storable = fromThe(demo.origin).filter(
      ({ method, status, responseBody, responseHead }) =>
        // The page takes back questions at logout: what was never answered cannot be kept.
        status !== undefined &&
        (method === 'GET' || responseBody.length > 0) &&
        !/^cache-control: no-store$/im.test(responseHead),
    )
    expect(storable.map(({ method, url, status }) => `${method} ${url.pathname} ${status}`)).toEqual([])
  })

  it('comes from an origin that is no part of the demo', () => {
    expect([...demo.askedOrigins].sort()).toEqual([demo.origin, demo.sandbox.baseUrl, neighbour].sort())
  })

  it('is printed by the server in a form that holds a secret', () => {
    const printed = demo.lines.join('\n')
    expect(leaksIn(printed, needles)).toEqual([])
    expect(accessTokensIn(printed, demo.sandbox)).toEqual([])
  })
}

function needlesOf({ sandbox, canaries }: Demo): Needle[] {
  const { clientSecret, widgetSecret } = sandbox.options
  const { d } = JSON.parse(sandbox.env.TESOURO_SUBJECT_TOKEN_KEY ?? '') as { d: string }
  return [
    { name: 'client secret', text: clientSecret },
    { name: 'widget secret', text: widgetSecret },
    { name: 'widget secret, its bytes', text: characters(Buffer.from(widgetSecret, 'hex')) },
    { name: 'key of the subject tokens', text: d },
    { name: 'key of the subject tokens, its bytes', text: characters(Buffer.from(d, 'base64url')) },
    { name: 'session secret', text: canaries.sessionSecret },
    { name: 'another variable of the environment', text: canaries.environment },
  ]
}

const encodings: Record<string, (bytes: Buffer) => string> = {
  raw: (bytes) => bytes.toString('latin1'),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  base64: (bytes) => bytes.toString('base64'),
  base64url: (bytes) => bytes.toString('base64url'),
  'base64 of something longer': (bytes) => Buffer.concat([Buffer.from('a'), bytes]).toString('base64'),
  percent: (bytes) => bytes.toString('hex').replace(/../g, '%$&'),
  'base64 in percent form': (bytes) => encodeURIComponent(bytes.toString('base64')),
}
