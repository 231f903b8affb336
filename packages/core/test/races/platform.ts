import type { Happenings } from './happenings.js'
import type { SimulatedTime } from './simulated-time.js'

/** How long an access token lives, in seconds. */
const lifetimeSeconds = 100

/** A token that the platform has granted. */
export interface Granted {
  readonly text: string
  readonly person: string
  readonly label: string
  readonly process: string
  /** When its exchange was asked for. */
  readonly step: number
  readonly at: number
  readonly expiresAt: number
  refused: boolean
  revocationAsked: boolean
}

/** What the platform tells the one who watches. */
export interface PlatformWatcher {
  readonly step: number
  exchangeAsked(process: string, call: number): void
  exchangeOver(process: string, call: number): void
  sent(process: string, call: number, token: Granted | undefined): void
  answered(call: number): void
  granted(token: Granted): void
  /** The platform refuses a session. */
  refused(label: string): void
}

/** The platform behind `fetch`: every request reaches it, and is answered, when the explorer says so. */
export class Platform {
  readonly tokens = new Map<string, Granted>()
  /** Requests that have not ended. */
  underWay = 0
  readonly #time: SimulatedTime
  readonly #happenings: Happenings
  readonly #watcher: PlatformWatcher

  constructor(parts: { time: SimulatedTime; happenings: Happenings; watcher: PlatformWatcher }) {
    this.#time = parts.time
    this.#happenings = parts.happenings
    this.#watcher = parts.watcher
  }

  /** The `fetch` of one process. */
  fetchFor(process: string): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
    return async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const headers = new Headers(input instanceof Request ? input.headers : init.headers)
      const signal = input instanceof Request ? input.signal : init.signal
      if (url.pathname.endsWith('/token')) return this.#exchange(process, String(init.body), signal)
      if (url.pathname.endsWith('/revoke')) return this.#revoke(process, String(init.body), signal)
      return this.#call(process, headers, signal)
    }
  }

  #exchange(process: string, body: string, signal: AbortSignal | null | undefined): Promise<Response> {
    const asked = claimsOf(new URLSearchParams(body).get('subject_token') ?? '')
    const { sub: person, session: label, call } = asked
    const { step } = this.#watcher
    const at = this.#time.now
    this.#watcher.exchangeAsked(process, call)
    const grant = (): Response => {
      const text = `token-${this.tokens.size + 1}-of-${label.replace('/', '-')}`
      const expiresAt = this.#time.now + lifetimeSeconds * 1_000
      const token = { person, label, process, step, at, expiresAt, refused: false, revocationAsked: false }
      const granted = { text, ...token }
      this.tokens.set(text, granted)
      this.#watcher.granted(granted)
      return Response.json({
        access_token: text,
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        expires_in: lifetimeSeconds,
      })
    }
    const refusal = (): Response => {
      this.#watcher.refused(label)
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    const clientRefusal = (): Response => Response.json({ error: 'invalid_client' }, { status: 401 })
    const refusals = [['refuses the user', refusal] as const, ['refuses the client', clientRefusal] as const]
    const name = `${process} exchanges for ${label}`
    return this.#request(process, name, signal, grant, refusals, () =>
      this.#watcher.exchangeOver(process, call),
    )
  }

  #revoke(process: string, body: string, signal: AbortSignal | null | undefined): Promise<Response> {
    const token = this.tokens.get(new URLSearchParams(body).get('token') ?? '')
    if (token !== undefined) token.revocationAsked = true
    const revoke = (): Response => {
      if (token !== undefined) token.refused = true
      return new Response(null, { status: 200 })
    }
    return this.#request(process, `${process} revokes ${token?.text ?? 'nothing'}`, signal, revoke)
  }

  #call(process: string, headers: Headers, signal: AbortSignal | null | undefined): Promise<Response> {
    const call = Number(headers.get('x-call'))
    const token = this.tokens.get((headers.get('authorization') ?? '').replace('Bearer ', ''))
    this.#watcher.sent(process, call, token)
    const answer = (): Response => {
      const isGood = token !== undefined && !token.refused && token.expiresAt > this.#time.now
      return isGood ? Response.json({ token: token.text }) : new Response(null, { status: 401 })
    }
    return this.#request(
      process,
      `${process} sends with ${token?.text ?? 'no token'}`,
      signal,
      answer,
      [],
      () => this.#watcher.answered(call),
    )
  }

  #request(
    process: string,
    name: string,
    signal: AbortSignal | null | undefined,
    work: () => Response,
    more: readonly (readonly [string, () => Response])[] = [],
    over: () => void = () => {},
  ): Promise<Response> {
    const happenings = this.#happenings
    this.underWay += 1
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.underWay -= 1
        signal?.removeEventListener('abort', onAbort)
        over()
      }
      const answer = (response: Response): void => {
        end()
        resolve(response)
      }
      const cut = (): void => {
        end()
        reject(new TypeError('fetch failed', { cause: new Error('ECONNRESET') }))
      }
      const busy = (): void => answer(new Response(null, { status: 503 }))
      const reach = (): void => {
        const response = work()
        const arrives = { name: 'arrives', ordinary: true, run: () => answer(response) }
        const isLost = { name: 'is lost', ordinary: false, run: cut }
        current = happenings.add(`answer to ${name}`, [arrives, isLost], { process })
      }
      const fates = [
        { name: 'is done', ordinary: true, run: () => answer(work()) },
        { name: 'reaches the platform', ordinary: true, run: reach },
        { name: 'is cut', ordinary: false, run: cut },
        { name: 'is answered with 503', ordinary: false, run: busy },
        ...more.map(([fate, make]) => ({ name: fate, ordinary: false, run: () => answer(make()) })),
      ]
      let current = happenings.add(name, fates, { process })
      const onAbort = (): void => {
        happenings.take(current)
        end()
        reject(signal?.reason)
      }
      if (signal?.aborted) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** What the subject tokens of this world say. */
export interface SubjectClaims {
  sub: string
  session: string
  call: number
}

export function subjectTokenOf(claims: SubjectClaims & { email: string; exp: number }): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256' })}.${part(claims)}.c2lnbmF0dXJl`
}

function claimsOf(jwt: string): SubjectClaims {
  const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  const { sub, session, call }: { sub?: unknown; session?: unknown; call?: unknown } = Object(payload)
  return { sub: String(sub), session: String(session), call: Number(call) }
}
