import { now } from './clock.js'
import type { WidgetToken } from './options.js'
import { type Answer, requestWidgetToken } from './request-widget-token.js'
import {
  type Message,
  type News,
  oneTabAtATime,
  type PageSession,
  post,
  sessions,
  type User,
} from './tabs.js'
import { type WidgetTokenEnd, type WidgetTokenError, widgetTokenError } from './widget-token-error.js'

interface Held {
  widgetToken: string
  life: number
  /** When it ends, by `now()`. */
  until: number
}

/** New sessions wait until then when one has just ended: a page may make a fetcher or keeper for each render. */
let restUntil = 0

/** What this page holds of one user at one endpoint, until the user signs out or nobody uses it any more. */
export class Session implements PageSession {
  /** The same in all tabs that share tokens. */
  readonly #name: string
  /** The next request is made with the options of the newest. */
  #users = new Set<User>()
  /** When a fetcher has answered. */
  #servedAt = 0
  #token: Held = { widgetToken: '', life: 0, until: -1 }
  #problem: WidgetTokenError | undefined
  /** Seconds of the newest pause. */
  #pause = 0
  #pausedUntil = restUntil
  #renewal: Promise<void> | undefined
  /** Of the newest renewal: aborted once it has ended, or nobody needs it. */
  #request: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(name: string) {
    this.#name = name
  }

  /** For fetchers: the token at hand in the first half of its life, else a new one. */
  async get(user: User): Promise<WidgetToken> {
    this.#users.add(user)
    const { life, until } = this.#token
    const young = until - now() > life / 2
    // A provider whose lead is longer than the token's life asks again at once, for ever.
    if (young) await wait(this.#servedAt + 1 - now())
    else if (!this.#problem || this.#pausedUntil < now()) await this.#renew()
    this.#servedAt = now()
    if (this.#token.widgetToken && (young || !this.#problem)) return shown(this.#token)
    throw this.#problem ?? widgetTokenError('stopped')
  }

  /** For keepers. Gives what ends it. */
  keep(user: User): () => void {
    this.#users.add(user)
    if (this.#token.until > now()) void call(user.onToken, shown(this.#token))
    this.#look()
    return () => {
      if (!this.#users.delete(user) || this.#users.size) return
      delete sessions[this.#name]
      this.leave()
    }
  }

  /** Takes in what this tab has found out, or what another one tells. */
  hear({ name = this.#name, widgetToken, life = 0, code, until }: Message): void {
    if (name !== this.#name) return
    const held = this.#token
    const users = this.#users
    // Seconds of the token or of the pause.
    const left = (until - Date.now()) / 1_000
    const end = now() + left
    if (typeof code === 'string' && left < 4_000) {
      const problem = widgetTokenError(code)
      this.#request?.abort()
      this.#problem = problem
      this.#pause = left
      this.#pausedUntil = end
      if (code === 'not_signed_in' || code === 'identity_mismatch') {
        restUntil = Math.min(end, now() + 2)
        this.#pausedUntil = Infinity
        this.#users = new Set()
        delete sessions[this.#name]
        this.leave()
        for (const { onSignedOut } of users) void call(onSignedOut, code as WidgetTokenEnd)
      } else for (const { onError } of users) void call(onError, problem)
    } else if (typeof widgetToken !== 'string') this.#tell(held, held.until - now())
    // Not the same token, or an older one that another tab tells late. Two are never made within a second.
    else if (left > 0 && left - life < 1 && end - life >= held.until - held.life + 1) {
      const token = { widgetToken, life, until: end }
      this.#request?.abort()
      this.#token = token
      this.#problem = undefined
      this.#pause = this.#pausedUntil = 0
      for (const { onToken } of users) void call(onToken, shown(token))
    }
    this.#look()
  }

  /** Renews what is due, and looks again when it will be. */
  #look(): void {
    clearTimeout(this.#timer)
    const { life, until } = this.#token
    let lead = 1
    let keeps: unknown
    for (const { leadSeconds = 0, onToken } of this.#users) {
      lead = Math.max(lead, leadSeconds > 0 ? leadSeconds : life / 15)
      keeps ??= onToken
    }
    // Who calls a fetcher asks when it needs a token, and a session that nobody uses any more must ask for nobody.
    if (!keeps) return
    const due = Math.max(until - Math.min(life / 2, lead), this.#pausedUntil) - now()
    if (!(due > 0)) void this.#renew()
    // Timers stand still while a laptop sleeps, so a page that is looked at looks often. In the background a chain of
    // timers is slowed down, and one alone is not.
    else this.#timer = setTimeout(() => this.#look(), Math.min(due * 1_000, document.hidden ? 1e9 : 5_000))
  }

  #renew(): Promise<void> | undefined {
    if (this.#request?.signal.aborted === false) return this.#renewal
    const request = new AbortController()
    const { life, until } = this.#token
    const left = until - now()
    this.#request = request
    this.#problem = undefined
    // A request takes 15 s at most. A tab that stands still must not cost the others their token.
    this.#renewal = oneTabAtATime(this.#name, left > 0 ? left / 2 : 20, async () => {
      // Another tab may have a token, or may have got one just now. Where none is left, every moment counts.
      if (!request.signal.aborted && (!life || until > now())) {
        this.#tell({}, 0)
        await wait(Math.max(0.1, this.#pausedUntil - now()))
      }
      if (request.signal.aborted) return
      // Whatever `headers` and `fetch` are, they keep no tab waiting.
      const answer: Answer = (await Promise.race([
        requestWidgetToken([...this.#users].pop() ?? {}, request.signal),
        wait(15),
      ]).catch(() => {})) ?? { code: 'unreachable' }
      if (request.signal.aborted) return
      // It ends here, whatever comes of the answer: what is due then begins again.
      request.abort()
      let { left = 0 } = answer
      // 1 to 2 seconds at first, up to twice as long each time, at most 30; longer if the endpoint says so.
      if (!answer.life) left = Math.max(left, Math.min(15, Math.max(1, this.#pause)) * (1 + Math.random()))
      this.hear(this.#tell(answer, left))
    })
    return this.#renewal
  }

  #tell(news: News, seconds: number): Message {
    return post({ ...news, until: Date.now() + seconds * 1_000, name: this.#name })
  }

  /** The user may have signed out meanwhile, or timers stood still. */
  comeBack(): void {
    if (this.#problem?.code === 'unreachable') this.#pausedUntil = 0
    this.#look()
  }

  leave(): void {
    clearTimeout(this.#timer)
    this.#request?.abort()
    // None, and what began before counts no more; a hundredth of a second for the rounding of what begins now.
    this.#token = { widgetToken: '', life: 1.01, until: now() }
  }
}

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

function shown({ widgetToken, until }: Held): WidgetToken {
  const expiresIn = Math.floor(until - now())
  return { widgetToken, exp: Math.floor(Date.now() / 1_000 + expiresIn), expiresIn }
}

/** A callback that throws or rejects is reported like any other uncaught error, and stops nothing here. */
const call = <Value>(callback: ((value: Value) => unknown) | undefined, value: Value): Promise<unknown> =>
  (async () => callback?.(value))().catch(reportError)
