import { type IncomingHttpHeaders, request } from 'node:http'
import { expectThat, Mismatch } from './expect.js'

export interface BrowserAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** `undefined` where the body is no JSON. */
  json: unknown
}

interface Sent {
  method?: 'GET' | 'POST'
  json?: unknown
  bearer?: string
  /** Origin of the page that sends it. Default: the application's own page. */
  from?: string
  /** What pages of another origin may ask for: cookies go along where `SameSite` lets them. */
  credentials?: 'include'
}

const timeoutMs = 60_000

/** One person's browser: keeps cookies and says where a request comes from (Fetch Metadata), as real ones do. */
export class Browser {
  readonly origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.origin = origin
  }

  /** Sends what `fetch` in a page would send. `target`: a path of the application, or a whole URL. */
  async send(target: string, sent: Sent = {}): Promise<BrowserAnswer> {
    const url = new URL(target, this.origin)
    const { method = sent.json === undefined ? 'GET' : 'POST', json, bearer, from = this.origin } = sent
    const site = siteOf(from, url)
    const headers: Record<string, string> = {
      accept: '*/*',
      'user-agent': 'Mozilla/5.0 (walk)',
      referer: `${from}/`,
      'sec-fetch-site': site,
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    }
    if (method === 'POST' || site !== 'same-origin') headers.origin = from
    if (json !== undefined) headers['content-type'] = 'application/json'
    const wanted = [bearer && 'authorization', json !== undefined && 'content-type'].filter((name) => !!name)
    if (site !== 'same-origin' && wanted.length > 0)
      await preflight(url, { ...headers }, method, wanted.join(','))

    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
    const withCookies = site === 'same-origin' || (site === 'same-site' && sent.credentials === 'include')
    if (withCookies && url.hostname === new URL(this.origin).hostname && this.#cookies.size > 0)
      headers.cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await exchange(url, method, headers, json === undefined ? undefined : JSON.stringify(json))
    if (withCookies) this.#keep(answer.headers['set-cookie'] ?? [])
    return answer
  }

  /** The value of a cookie that is held now. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', value = ''] = pair.split('=', 2)
      const expires = attributes.find((part) => /^expires=/i.test(part))?.slice('expires='.length)
      const gone = expires !== undefined && Date.parse(expires) <= Date.now()
      if (gone || value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}

/** Pages of one host on two ports are of one site; that is why cookies alone are not enough. */
function siteOf(from: string, url: URL): 'same-origin' | 'same-site' | 'cross-site' {
  if (from === url.origin) return 'same-origin'
  return new URL(from).hostname === url.hostname ? 'same-site' : 'cross-site'
}

async function preflight(
  url: URL,
  headers: Record<string, string>,
  method: string,
  wanted: string,
): Promise<void> {
  const asked = { 'access-control-request-method': method, 'access-control-request-headers': wanted }
  const { status, headers: allowed } = await exchange(url, 'OPTIONS', { ...headers, ...asked })
  const origin = allowed['access-control-allow-origin']
  const names = (allowed['access-control-allow-headers'] ?? '').toLowerCase()
  expectThat(
    `${url.pathname} lets the page send this (CORS preflight)`,
    status < 300 &&
      (origin === '*' || origin === headers.origin) &&
      wanted.split(',').every((name) => names.includes(name)),
    `status ${status}, allowed origin ${origin}, allowed headers ${names}`,
  )
}

function exchange(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<BrowserAnswer> {
  return new Promise((resolve, reject) => {
    const what = `${method} ${url.pathname}`
    const outgoing = request(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.once('error', () => reject(new Mismatch(what, 'a whole answer', 'it was cut off')))
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parse(text) })
      })
    })
    outgoing.once('error', (error) => reject(new Mismatch(what, 'an answer', error.message)))
    outgoing.end(body)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
