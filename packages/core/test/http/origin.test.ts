import { describe, expect, test } from 'vitest'
import { alice, ask } from './post.js'

const allowedOrigins = ['https://app.example', 'capacitor://localhost', 'http://localhost:3000']

async function passes(
  headers: Record<string, string | string[] | undefined> | Headers,
  options: { host?: string | undefined } = {},
): Promise<boolean> {
  const { answer, tokens } = await ask(
    { headers, host: 'host' in options ? options.host : 'bank.example' },
    { allowedOrigins },
  )
  expect(answer.status).toBe(tokens.mintedFor.length === 1 ? 200 : 403)
  return answer.status === 200
}

describe('where Sec-Fetch-Site is missing, Origin has to name the own host', () => {
  test.each<[origin: string, host: string | undefined]>([
    ['https://bank.example', 'bank.example'],
    ['http://bank.example', 'bank.example'],
    ['https://bank.example', 'bank.example:443'],
    ['http://bank.example', 'bank.example:80'],
    ['https://bank.example:8443', 'bank.example:8443'],
    ['https://bank.example', 'BANK.example'],
    ['http://[::1]:3000', '[::1]:3000'],
  ])('%s on %s passes', async (origin, host) => {
    expect(await passes({ origin }, { host })).toBe(true)
  })

  test.each<[origin: string, host: string | undefined]>([
    ['https://bank.example', undefined],
    ['https://bank.example', ''],
    ['https://bank.example:8443', 'bank.example'],
    ['https://bank.example', 'bank.example:80'],
    ['https://bank.example.evil.example', 'bank.example'],
    ['https://evil.example', 'bank.example@evil.example'],
    ['https://evil.example', 'evil.example/.bank.example'],
    ['https://bank.example@evil.example', 'bank.example'],
    ['https://bank.example/', 'bank.example'],
    ['https://BANK.example', 'bank.example'],
    ['bank.example', 'bank.example'],
    ['capacitor://bank.example', 'bank.example'],
    ['null', 'null'],
    ['', 'bank.example'],
    ['https://', 'bank.example'],
    ['https://[', '['],
  ])('%s on %s does not', async (origin, host) => {
    expect(await passes({ origin }, { host })).toBe(false)
  })
})

test('Sec-Fetch-Site decides where it is present, whatever Origin says', async () => {
  for (const origin of [undefined, 'https://bank.example', 'https://evil.example']) {
    for (const [site, verdict] of Object.entries({
      'same-origin': true,
      none: true,
      'same-site': false,
      'cross-site': false,
      'Same-Origin': false,
      '': false,
    })) {
      expect(await passes({ origin, 'sec-fetch-site': site })).toBe(verdict)
    }
  }
})

test('several values of a header that decides are refused, however they arrive', async () => {
  const own = 'https://bank.example'
  expect(await passes({ origin: [own] })).toBe(true)
  expect(await passes({ origin: [own, own] })).toBe(false)
  expect(await passes({ origin: [own, 'https://evil.example'] })).toBe(false)
  expect(await passes({ origin: `${own}, ${own}` })).toBe(false)
  expect(await passes({ origin: 'https://app.example, https://evil.example' })).toBe(false)
  expect(await passes({ 'sec-fetch-site': ['same-origin', 'same-origin'] })).toBe(false)
  expect(await passes({ 'sec-fetch-site': 'same-origin, cross-site' })).toBe(false)
  const headers = new Headers([
    ['sec-fetch-site', 'same-origin'],
    ['sec-fetch-site', 'same-origin'],
  ])
  expect(await passes(headers)).toBe(false)
})

test('a header is not overlooked because its name is written in another case', async () => {
  expect(await passes({ Origin: 'https://evil.example' })).toBe(false)
  expect(await passes({ 'Sec-Fetch-Site': 'cross-site' })).toBe(false)
  expect(await passes({ Origin: 'https://bank.example', origin: 'https://evil.example' })).toBe(false)
})

test('Origin: null passes where the browser says that the page is its own, and nowhere else', async () => {
  for (const [site, verdict] of [
    [undefined, false],
    ['same-origin', true],
    ['none', true],
    ['same-site', false],
    ['cross-site', false],
  ] as const) {
    expect(await passes({ origin: 'null', 'sec-fetch-site': site })).toBe(verdict)
  }
  const { answer } = await ask({ headers: { origin: 'null' } }, { allowedOrigins: () => true })
  expect(answer.status).toBe(403)
  const hidden = { origin: 'null', 'sec-fetch-site': 'same-origin' }
  const own = await ask({ headers: hidden }, { allowedOrigins: () => true })
  expect(own.answer.headers).not.toHaveProperty('access-control-allow-origin')
})

describe('a proxy that drops the port from the host', () => {
  const origin = 'https://bank.example:8443'
  test.each<[headers: Record<string, string | string[]>, verdict: boolean]>([
    [{ 'x-forwarded-port': '8443' }, true],
    [{ 'x-forwarded-port': '8443, 80' }, true],
    [{ 'x-forwarded-port': ['8443'] }, true],
    [{ host: 'bank.example:8443' }, true],
    [{ host: 'BANK.example:8443' }, true],
    [{ 'x-forwarded-port': '443' }, false],
    [{ 'x-forwarded-port': '8443@evil.example' }, false],
    [{ host: 'inner:8443' }, false],
    [{ host: 'bank.example' }, false],
    [{}, false],
  ])('%j', async (headers, verdict) => {
    expect(await passes({ ...headers, origin }, { host: 'bank.example' })).toBe(verdict)
  })

  test('says nothing against a port that is there', async () => {
    const headers = { origin, 'x-forwarded-port': '8443', host: 'bank.example:8443' }
    expect(await passes(headers, { host: 'bank.example:9000' })).toBe(false)
  })
})

describe('an allowed origin', () => {
  test.each(allowedOrigins)('%s passes and may read every answer', async (origin) => {
    for (const site of [undefined, 'same-site', 'cross-site']) {
      const headers = { origin, 'sec-fetch-site': site }
      for (const getUser of [() => alice, () => null]) {
        const { answer } = await ask({ headers }, { allowedOrigins, getUser })
        expect(answer.status).toBe(getUser() === null ? 401 : 200)
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'Retry-After',
        })
      }
    }
  })

  test('is compared exactly', async () => {
    for (const origin of [
      'https://app.example:8443',
      'http://app.example',
      'https://app.example.evil.example',
    ]) {
      expect(await passes({ origin, 'sec-fetch-site': 'cross-site' })).toBe(false)
    }
  })

  test('by a function: true alone allows, and it is never asked about what is no origin', async () => {
    const asked: string[] = []
    const answers: Record<string, unknown> = { 'https://yes.example': true, 'https://truthy.example': 'yes' }
    const allowed = (origin: string): boolean => {
      asked.push(origin)
      return answers[origin] as boolean
    }
    const status = async (origin: string): Promise<number> =>
      (await ask({ headers: { origin, 'sec-fetch-site': 'cross-site' } }, { allowedOrigins: allowed })).answer
        .status
    expect(await status('https://yes.example')).toBe(200)
    expect(await status('https://truthy.example')).toBe(403)
    expect(await status('https://no.example')).toBe(403)
    expect(await status('https://yes.example/path')).toBe(403)
    expect(await status('null')).toBe(403)
    expect(asked).toEqual(['https://yes.example', 'https://truthy.example', 'https://no.example'])
  })
})

describe('OPTIONS', () => {
  test('an allowed origin learns what its pages may send, and nothing is minted', async () => {
    const { answer, tokens } = await ask(
      {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      },
      { allowedOrigins },
    )
    expect(answer).toEqual({
      status: 204,
      headers: {
        allow: 'POST, OPTIONS',
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'content-type, authorization',
        'access-control-allow-methods': 'POST',
        'access-control-max-age': '7200',
        'access-control-allow-origin': 'https://app.example',
        'access-control-expose-headers': 'Retry-After',
        'cache-control': 'no-store',
        vary: 'Origin, Sec-Fetch-Site',
        'x-content-type-options': 'nosniff',
      },
      body: undefined,
    })
    expect(tokens.mintedFor).toEqual([])
  })

  test.each([
    ['content-type, traceparent, baggage, sentry-trace, x-datadog-trace-id', true],
    ['Content-Type,X-B3-TraceId', true],
    ['', false],
    ['x-one x-two', false],
    ['x-one\r\nset-cookie: a=b', false],
    ['x'.repeat(3_000), false],
  ])(
    'a page whose library adds headers (%j) may send them, and nothing else gets into the answer',
    async (asked, echoed) => {
      const { answer } = await ask(
        {
          method: 'OPTIONS',
          headers: { origin: 'https://app.example', 'access-control-request-headers': asked },
        },
        { allowedOrigins },
      )
      expect(answer.headers['access-control-allow-headers']).toBe(
        echoed ? asked : 'content-type, authorization',
      )
    },
  )

  test('a foreign origin learns nothing; the own one which methods there are', async () => {
    const foreign = await ask({ method: 'OPTIONS', headers: { origin: 'https://evil.example' } })
    expect(foreign.answer.status).toBe(403)
    const own = await ask({ method: 'OPTIONS' })
    expect([own.answer.status, own.answer.headers.allow]).toEqual([204, 'POST, OPTIONS'])
    for (const { answer } of [foreign, own]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})
