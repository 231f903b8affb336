import { now } from './clock.js'
import type { WidgetToken } from './options.js'
import { type Answer, requestWidgetToken } from './request-widget-token.js'
import { type Message, type News, oneAtATime, type PageSession, post, sessions, type User } from './tabs.js'
import { type WidgetTokenEnd, widgetTokenError } from './widget-token-error.js'

/** A token, or a pause because of `code`. */
interface Held extends News {
  life: number
  /** When it ends, by `now()`. */
  until: number
  /** What was asked for before that says nothing about who is signed in now. */
  since: number
}

/** The newest pause of each user at each endpoint: a page may begin again at each failure, or at each render. */
const pauses: Record<string, Held> = {}

/** What one fetcher or keeper holds, until its user signs out. With others in this page it shares as with other tabs. */
export class Session implements PageSession {
  readonly #url: string
  /** The endpoint and the user. */
  readonly #who: string
  /** The same in all sessions that share tokens. */
  readonly #name: string
  /** The options. Callbacks that must not be called any more are missing. */
  #user: User
  /** When a fetcher has answered. */
  #servedAt = 0
  #token = nothing()
  #pause: Held
  #renewal: Promise<void> | undefined
  /** Of the newest renewal: aborted once it has ended, or nobody needs it. */
  #request: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(user: User) {
    const { url = '/api/tesouro/widget-token', userId, userEmail } = user
    const id = userId || userEmail
    try {
      this.#url = new Request(url).url
      this.#who = `${this.#url} ${id}`
    } catch {
      throw widgetTokenError('invalid_options')
    }
    // Nobody can say who is signed in where no user is named: such a session shares tokens with nobody.
    this.#name = id ? this.#who : this.#who + Math.random()
    this.#user = user
    this.#pause = pauses[this.#who] ?? nothing()
    sessions.add(this)
    this.#tell({}, 0)
  }

  /** For fetchers: the token at hand in the first half of its life, else a new one. */
  async get(): Promise<WidgetToken> {
    // A provider whose lead is longer than the token's life asks again at once, for ever. A short pause is waited for.
    const early = Math.max(this.#servedAt + 1, this.#pause.until) - now()
    if (early > 0 && early < 3) await wait(early)
    const { life, until } = this.#token
    if (until - now() <= life / 2) {
      if (early < 3 && sessions.has(this)) await this.#renew()
      const { code } = this.#pause
      if (code || this.#token.until < now()) throw widgetTokenError(code ?? 'stopped')
    }
    this.#servedAt = now()
    return shown(this.#token)
  }

  /** For keepers. Gives what ends it. */
  keep(): () => void {
    this.look()
    return () => this.#close({})
  }

  /** `user`: the callback that may still be called. */
  #close(user: User): void {
    this.#user = user
    sessions.delete(this)
    this.leave()
  }

  /**
   * Takes in what a session has found out. Callbacks run in a microtask: the page then has `stop`, and a session that was
   * stopped or has ended meanwhile calls nothing more.
   */
  hear({ widgetToken, life = -Infinity, code, until, name = this.#name }: Message): void {
    if (name !== this.#name) return
    const held = this.#token
    // Seconds of the token or of the pause.
    const left = (until - Date.now()) / 1_000
    const end = now() + left
    const asked = end - life
    const news: Held = { widgetToken, life, code, until: end, since: Math.max(held.since, asked) }
    if (code === 'not_signed_in' || code === 'identity_mismatch') {
      // The answer to a request that was sent before somebody signed in may come after that.
      if (asked < held.since) return
      // Who signs in again waits no longer than that, whatever the answer says.
      news.until = now() + 2
      this.#pause = pauses[this.#who] = news
      this.#close({ onSignedOut: this.#user.onSignedOut })
      queueMicrotask(() => this.#user.onSignedOut?.(code as WidgetTokenEnd))
    } else if (typeof code === 'string' && left < 4_000) {
      this.#request?.abort()
      this.#pause = pauses[this.#who] = news
      queueMicrotask(() => this.#user.onError?.(widgetTokenError(code)))
    } else if (typeof widgetToken !== 'string') this.#tell(held, held.until - now())
    // Not the same token (two are never made within a second), or an older one that another tab tells late. A new session
    // takes what others have.
    else if (left > 0 && left - life < 1 && (!held.life || asked >= held.since + Math.min(1, held.until))) {
      this.#request?.abort()
      this.#token = news
      this.#pause = pauses[this.#who] = nothing()
      queueMicrotask(() => this.#user.onToken?.(shown(news)))
    }
    this.look()
  }

  /** Renews what is due, and looks again when it will be. `reachable`: the network may have come back. */
  look(reachable?: boolean): void {
    if (reachable && this.#pause.code === 'unreachable') this.#pause.until = 0
    clearTimeout(this.#timer)
    const { leadSeconds, onToken } = this.#user
    // Who calls a fetcher asks when it needs a token.
    if (!onToken) return
    const { life, until } = this.#token
    // What is no number above 0 counts as not given.
    const lead = Math.max(0, Number(leadSeconds)) || life / 15
    const due = Math.max(until - Math.min(life / 2, Math.max(1, lead)), this.#pause.until) - now()
    if (!(due > 0)) void this.#renew()
    // Timers stand still while a laptop sleeps, so a page that is looked at looks often. In the background a chain of
    // timers is slowed down, and one alone is not.
    else this.#timer = setTimeout(() => this.look(), Math.min(due * 1_000, document.hidden ? 1e9 : 5_000))
  }

  #renew(): Promise<void> | undefined {
    if (this.#request?.signal.aborted === false) return this.#renewal
    const request = new AbortController()
    const signal = request.signal
    const { life, until } = this.#token
    const left = until - now()
    this.#request = request
    // A request takes 15 s at most. A tab that stands still must not cost the others their token.
    this.#renewal = oneAtATime(this.#name, left > 0 ? left / 2 : 20, async () => {
      // Another tab may have a token, or may have got one just now. Where none is left, every moment counts.
      if (!signal.aborted && (!life || until > now())) {
        this.#tell({}, 0)
        await wait(0.1)
      }
      if (signal.aborted) return
      const sent = now()
      // Whatever `headers` and `fetch` are, they keep no tab waiting.
      const answer: Answer = (await Promise.race([
        requestWidgetToken(this.#url, this.#user, signal),
        wait(15),
      ]).catch(() => {})) ?? { code: 'unreachable' }
      if (signal.aborted) return
      // It ends here, whatever comes of the answer: what is due then begins again.
      request.abort()
      let { left = 0 } = answer
      // 1 to 2 seconds at first, up to twice as long each time, at most 30; longer if the endpoint says so.
      if (!answer.life)
        left = Math.max(left, Math.min(15, Math.max(1, this.#pause.life)) * (1 + Math.random()))
      this.#tell({ life: left + now() - sent, ...answer }, left)
    })
    return this.#renewal
  }

  #tell(news: News, seconds: number): void {
    post({ ...news, until: Date.now() + seconds * 1_000, name: this.#name })
  }

  leave(): void {
    clearTimeout(this.#timer)
    this.#request?.abort()
    this.#token = nothing(1)
  }
}

/** Neither token nor pause, from now on; 0.1 s for browsers that round their clocks. `life`: 0 in a new session. */
const nothing = (life = 0): Held => ({ widgetToken: '', life, until: 0, since: now() - 0.1 })

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

function shown({ widgetToken = '', until }: Held): WidgetToken {
  const expiresIn = Math.floor(until - now())
  return { widgetToken, exp: Math.floor(Date.now() / 1_000 + expiresIn), expiresIn }
}
