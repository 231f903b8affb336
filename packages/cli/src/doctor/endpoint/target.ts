import type { OutgoingHttpHeaders } from 'node:http'
import type { Secrets } from '../../terminal/secrets.js'
import { openWidgetToken, readCompact } from '../../tokens/compact-token.js'
import type { EndpointOptions } from './options.js'
import { type EndpointAnswer, type EndpointRequest, type Sent, send } from './send.js'

/** For whom a token was minted, as far as it is known. */
export type Whose = { sub: unknown; email: unknown; content: string } | 'unknown'

/** The endpoint under attack, and what is known of it so far. */
export class Target {
  readonly options: EndpointOptions
  readonly #widgetSecret: string | undefined
  readonly #secrets: Secrets
  /** Everything that has come back, to be searched for secrets. */
  readonly answers: EndpointAnswer[] = []
  /** The first good answer to the page. */
  baseline: EndpointAnswer | undefined
  /** For whom that one was. */
  own: Whose = 'unknown'

  #failures = 0
  #failed = 'timeout'

  constructor(options: EndpointOptions, widgetSecret: string | undefined, secrets: Secrets) {
    this.options = options
    this.#secrets = secrets
    this.#widgetSecret = widgetSecret
  }

  /** Whether nothing was answered at all, or twice not in time. */
  get silent(): boolean {
    return this.#failures > (this.answers.length === 0 ? 0 : 1)
  }

  /** Something that the endpoint has said, as it can be shown. */
  shown(text: string, longest: number): string {
    return this.#secrets.foreign(text, longest)
  }

  get signedIn(): boolean {
    return this.options.session.length > 0
  }

  /** As a stranger. An endpoint that has not answered twice is not waited for again. */
  async send(request: EndpointRequest): Promise<Sent> {
    if (this.silent) return { failed: this.#failed }
    const sent = await send(this.options.url, request)
    if ('failed' in sent) {
      this.#failures += sent.failed === 'timeout' || this.answers.length === 0 ? 1 : 0
      this.#failed = sent.failed
    } else this.answers.push(sent)
    return sent
  }

  /** With the session of the user. A header of the attack stands next to the session's of the same name. */
  sendSignedIn(request: EndpointRequest): Promise<Sent> {
    const headers: OutgoingHttpHeaders = { ...request.headers }
    for (const [name, value] of this.options.session) {
      const before = headers[name]
      headers[name] = name === 'cookie' && before !== undefined ? `${value}; ${String(before)}` : value
    }
    return this.send({ ...request, headers })
  }

  /** What browsers say about the page with the widget. */
  get pageHeaders(): { origin: string; 'sec-fetch-site': string } {
    const { origin, url } = this.options
    const page = new URL(origin)
    const sameSite = page.hostname === url.hostname && page.protocol === url.protocol
    const site = origin === url.origin ? 'same-origin' : sameSite ? 'same-site' : 'cross-site'
    return { origin, 'sec-fetch-site': site }
  }

  /** For whom the token in an answer is; `undefined` when there is none. */
  async whose(answer: Sent): Promise<Whose | undefined> {
    const token = tokenIn(answer)
    if (token === undefined) return undefined
    const opened = this.#widgetSecret
      ? await openWidgetToken(token, this.#widgetSecret)
      : { problem: 'no secret' }
    if ('problem' in opened) return 'unknown'
    const subject = readCompact(String(opened.json.subject_token))
    const claims = subject.kind === 'jws' && 'json' in subject.payload ? subject.payload.json : opened.json
    return { sub: claims.sub, email: claims.email, content: JSON.stringify([opened.json, claims]) }
  }
}

/** The widget token in an answer. */
export function tokenIn(answer: Sent): string | undefined {
  if ('failed' in answer || answer.status < 200 || answer.status > 299) return undefined
  const { widgetToken } = answer.json ?? {}
  return typeof widgetToken === 'string' && widgetToken !== '' ? widgetToken : undefined
}

/** Whether the user has had all tokens of this minute: then what the endpoint would mint is unknown. */
export const isLimited = (answer: Sent): boolean => !('failed' in answer) && answer.status === 429

/** What to say then. */
export const limitReached = 'the mint limit of this user is reached (429): try again in a minute'

/** The `code` of a problem document, as the library's own endpoint writes it. */
export function problemCode(answer: EndpointAnswer): string | undefined {
  const code = answer.json?.code
  return typeof code === 'string' && /^[a-z_]{3,40}$/.test(code) ? code : undefined
}
