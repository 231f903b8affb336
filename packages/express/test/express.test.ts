import { createServer } from 'node:http'
import { connect } from 'node:net'
import { listening } from '@tesouro-tokens/conformance/adapter-listening'
import { ConfigurationError, type TesouroTokens, tesouroTokensRouter } from '@tesouro-tokens/express'
import express5, { type Express, type RequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const tokens = {
  mintWidgetToken: async () => ({ widgetToken: 'token', exp: 2_000_000_000 }),
} as unknown as TesouroTokens

const majors = [
  ['Express 5', express5],
  ['Express 4', express4],
] as const

async function serve(app: Express, path?: string): Promise<URL> {
  const { url, close } = await listening(createServer(app), path)
  onTestFinished(close)
  return new URL(url)
}

const router = (): RequestHandler =>
  tesouroTokensRouter({ tokens, getUser: () => ({ sub: 'alice', email: 'alice@example.com' }) })

describe.each(majors)('%s', (_name, express) => {
  const own = (url: URL, headers: Record<string, string>): Promise<number> =>
    fetch(url, { method: 'POST', headers }).then(({ status }) => status)

  test('the own host is compared with its port', async () => {
    const url = await serve(express().use('/api/tesouro', router()))
    expect(await own(url, { origin: url.origin })).toBe(200)
    expect(await own(url, { origin: 'http://127.0.0.1' })).toBe(403)
    expect(await own(url, { origin: 'http://127.0.0.1:1' })).toBe(403)
  })

  test('X-Forwarded-Host counts behind a trusted proxy and nowhere else', async () => {
    const forwarded = {
      origin: 'https://bank.example:8443',
      'x-forwarded-host': 'bank.example:8443, inner.example',
    }
    const plain = await serve(express().use('/api/tesouro', router()))
    expect(await own(plain, forwarded)).toBe(403)

    const app = express().use('/api/tesouro', router())
    app.set('trust proxy', 'loopback')
    const trusting = await serve(app)
    expect(await own(trusting, forwarded)).toBe(200)
    expect(await own(trusting, { ...forwarded, origin: 'https://bank.example' })).toBe(403)
    expect(await own(trusting, { ...forwarded, origin: trusting.origin })).toBe(403)

    const elsewhere = express().use('/api/tesouro', router())
    elsewhere.set('trust proxy', '10.0.0.0/8')
    expect(await own(await serve(elsewhere), forwarded)).toBe(403)
  })

  test('it is reached under a path of any depth, and under no other name', async () => {
    const inner = express.Router().use('/tesouro', router())
    const app = express().use('/a/b', inner)
    expect(await own(await serve(app, '/a/b/tesouro/widget-token'), {})).toBe(200)
    expect(await own(await serve(app, '/a/b/tesouro/other'), {})).toBe(404)
  })

  test('a router under the whole path answers 404 and nobody says why', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const app = express().use('/api/tesouro/widget-token', router())
    expect(await own(await serve(app, '/api/tesouro/widget-token'), {})).toBe(404)
    expect(warned.mock.calls.flat().join('\n')).toContain('Mount it at /api/tesouro')
    expect(await own(await serve(app, '/api/tesouro/widget-token/other'), {})).toBe(404)
    expect(warned).toHaveBeenCalledTimes(1)
  })

  test('the warning for a router under its own name alone names an empty path', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const app = express().use('/widget-token', router())
    expect(await own(await serve(app, '/widget-token'), {})).toBe(404)
    expect(warned.mock.calls.flat().join('\n')).toMatch(/Mount it at \/$/)
  })

  test('what is wrong with the wiring is told without the word that Express has for it', async () => {
    const told: string[] = []
    const watched = tesouroTokensRouter({
      tokens,
      getUser: () => null,
      onRefusal: ({ hint }) => told.push(hint),
    })
    const url = await serve(express().use('/api/tesouro', watched))
    await own(url, { cookie: 'sid=1' })
    await own(url, { origin: 'https://bank.example', 'x-forwarded-host': 'bank.example' })
    expect(told[0]).toContain('mount the session middleware before')
    expect(told[1]).toContain("app.set('trust proxy'")
  })

  const parsers = [
    ['json()', express.json()],
    ['text() of every type', express.text({ type: '*/*' })],
    ['raw() of every type', express.raw({ type: '*/*' })],
    ['urlencoded()', express.urlencoded({ extended: true })],
    ['json() that takes any value', express.json({ strict: false })],
  ] as const
  test.each(parsers)('after %s a posted identity is still compared', async (_parser, parser) => {
    const url = await serve(express().use(parser).use('/api/tesouro', router()))
    const post = async (body: string, type = 'application/json'): Promise<number> =>
      (await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })).status
    expect(await post('{"userId":"alice"}')).toBe(200)
    expect(await post('{"userId":"bob"}')).toBe(403)
    expect(await post('{"userId":"alice"}', 'text/plain')).toBe(415)
    expect(await post('userId=alice', 'application/x-www-form-urlencoded')).toBe(415)
    expect(await own(url, {})).toBe(200)
  })

  test('a body that something has read and thrown away is not taken for none', async () => {
    const swallow: RequestHandler = (request, _response, next) => {
      request.resume().once('end', next)
    }
    const url = await serve(
      express()
        .use(swallow)
        .use(
          '/api/tesouro',
          tesouroTokensRouter({ tokens, getUser: () => ({ sub: 'a', email: 'b' }), onError: () => {} }),
        ),
    )
    const body = '{"userId":"bob"}'
    const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(answer.status).toBe(500)
  })

  test('a refused upload leaves the connection in order for the next request', async () => {
    const url = await serve(express().use('/api/tesouro', router()))
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
    const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n`
    const socket = connect(Number(url.port), url.hostname)
    onTestFinished(() => void socket.destroy())
    let received = ''
    const until = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(received)) return
          socket.off('data', check)
          resolve()
        }
        socket.on('data', check)
        socket.once('close', () => reject(new Error(`closed after ${received}`)))
        check()
      })
    socket.setEncoding('utf8').on('data', (text) => {
      received += String(text)
    })

    socket.write(`${head}transfer-encoding: chunked\r\n\r\n${chunk('x'.repeat(9000))}`)
    await until(/^HTTP\/1\.1 413 [\s\S]*body_too_large"\}/)
    for (let i = 0; i < 100; i += 1) socket.write(chunk('y'.repeat(10_000)))
    socket.write('0\r\n\r\n')
    socket.write(`${head}content-length: 0\r\n\r\n`)
    await until(/HTTP\/1\.1 200 [\s\S]*"widgetToken":"token"/)
  })

  test('headers that others have set for caching and CORS do not undo the endpoint’s own', async () => {
    const others: RequestHandler = (_request, response, next) => {
      response.set({ vary: 'Accept-Encoding', 'cache-control': 'public, max-age=60' })
      next()
    }
    const url = await serve(express().use(others).use('/api/tesouro', router()))
    const { headers } = await fetch(url, { method: 'POST' })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('vary')).toBe('Accept-Encoding, Origin, Sec-Fetch-Site')
    expect(headers.get('etag')).toBe(null)
  })

  test('getUser is given the request and the response', async () => {
    const signIn: RequestHandler = (_request, response, next) => {
      response.locals.user = { sub: 'alice', email: 'alice@example.com' }
      next()
    }
    const mint = tesouroTokensRouter({
      tokens,
      getUser: (request, response) => (request.get('x-go') === 'yes' ? response.locals.user : null),
    })
    const url = await serve(express().use(signIn).use('/api/tesouro', mint))
    expect(await own(url, { 'x-go': 'yes' })).toBe(200)
    expect(await own(url, {})).toBe(401)
  })
})

test('wrong options fail when the router is made, not at the first request', () => {
  expect(() => tesouroTokensRouter({ tokens, getUser: () => null, allowedOrigins: ['*'] })).toThrow(
    ConfigurationError,
  )
})
