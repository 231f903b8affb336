import { now } from './clock.js'
import type { WidgetToken } from './options.js'
import { type Answer, requestWidgetToken } from './request-widget-token.js'
import {
  type Message,
  type News,
  oneAtATime,
  type PageSession,
  type Pause,
  pauses,
  post,
  sessions,
  type User,
  wait,
} from './tabs.js'
import { type WidgetTokenEnd, widgetTokenError } from './widget-token-error.js'

interface Held {
  widgetToken: string
  life: number
  /** When it ends, by `now()`. */
  until: number
  /** When it was asked for. An end that was asked for before says nothing about who is signed in now. */
  since: number
}

/** What one fetcher or keeper holds, until its user signs out. With others in this page it shares as with other tabs. */
export class Session implements PageSession {
  /** The same in all sessions that share tokens. */
  readonly #name: string
  /** The options. Callbacks that must not be called any more are missing. */
  #user: User
  /** When a fetcher has answered. */
  #servedAt = 0
  #token = nothing()
  /** Of this user at this endpoint: the same in all sessions of the page, also in those that begin at each failure. */
  #pause: Pause
  #renewal: Promise<void> | undefined
  /** Of the renewal under way. Aborted once that has ended, or nobody needs it. */
  #request: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** An end that was asked for before says nothing about who is signed in now, even if its token is older. */
  readonly #began = now()

  constructor(user: User) {
    const { url = '/api/tesouro/widget-token', userId, userEmail } = user
    const id = userId || userEmail
    let who: string
    try {
      user.url = new Request(url).url
      // What is no text has no such method.
      id?.trim()
      // biome-ignore lint/style/useTemplate: a few bytes.
      who = user.url + ' ' + id
    } catch {
      throw widgetTokenError('invalid_options')
    }
    // Nobody can say who is signed in where no user is named: such a session shares tokens with nobody.
    this.#name = id ? who : who + Math.random()
    this.#user = user
    this.#pause = pauses[who] ??= nothing()
    sessions.add(this)
    this.#tell({}, 0)
  }

  /** For fetchers: the token at hand in the first half of its life, else a new one. */
  async get(): Promise<WidgetToken> {
    // A provider whose lead is longer than the token's life asks again at once, for ever. A short pause is waited for.
    const early = Math.max(this.#servedAt + 1, this.#pause.until) - now()
    if (early > 0 && early < 3) await wait(early + 0.1)
    if (this.#due() <= 0) await this.#renew()
    const { life, until } = this.#token
    if (until - now() <= life / 2 && (this.#pause.code || until < now()))
      throw widgetTokenError(this.#pause.code ?? 'stopped')
    this.#servedAt = now()
    return shown(this.#token)
  }

  /** `user`: the callback that may still be called. */
  close(user: User = {}): void {
    this.#user = user
    this.#pause = { ...this.#pause, until: Infinity }
    sessions.delete(this)
    this.leave()
  }

  /**
   * Takes in what a session has found out. Callbacks run in a microtask: the page then has `stop`, and a session that was
   * stopped or has ended meanwhile calls nothing more.
   */
  hear({ widgetToken, life = -Infinity, code, until, name = this.#name }: Message): void {
    // Seconds of the token or of the pause.
    const left = (until - Date.now()) / 1_000
    const end = now() + left
    const asked = end - life
    if (name !== this.#name) {
      // It may share its pause with this session all the same.
    } else if (code === 'not_signed_in' || code === 'identity_mismatch') {
      // The answer to a request that was sent before somebody signed in may come after that.
      if (asked >= this.#token.since) {
        // Who signs in again waits no longer than that, whatever the answer says.
        Object.assign(this.#pause, { code, until: now() + 2 })
        // An old token of others says as little: this session asks for itself.
        if (asked < this.#began) this.#token = nothing(1)
        else {
          this.close({ onSignedOut: this.#user.onSignedOut })
          queueMicrotask(() => this.#user.onSignedOut?.(code as WidgetTokenEnd))
        }
      }
    } else if (typeof code === 'string' && left > 0 && left < 4_000) {
      Object.assign(this.#pause, { code, until: end, life: left })
      queueMicrotask(() => this.#user.onError?.(widgetTokenError(code)))
    } else if (typeof widgetToken !== 'string') this.#tell(this.#token, this.#token.until - now())
    // Not the same token (two are never made within a second), or an older one that another tab tells late.
    else if (left > 0 && left - life < 1 && (!this.#token.life || asked >= this.#token.since + 1)) {
      this.#token = { widgetToken, life, until: end, since: asked }
      // A token from before the pause says nothing about the server now.
      if (asked >= this.#pause.until - this.#pause.life) this.#pause.until = this.#pause.life = 0
      queueMicrotask(() => this.#user.onToken?.(shown(this.#token)))
    }
    this.look()
  }

  /** Renews what is due, and looks again when it will be. */
  look(reachable?: boolean): void {
    if (reachable && this.#pause.code === 'unreachable') this.#pause.until = 0
    clearTimeout(this.#timer)
    // Who calls a fetcher asks when it needs a token.
    if (!this.#user.onToken) return
    const due = this.#due()
    if (!(due > 0)) void this.#renew()
    // Timers stand still while a laptop sleeps, so a page that is looked at looks often. In the background a chain of
    // timers is slowed down, and one alone is not.
    else this.#timer = setTimeout(() => this.look(), Math.min(due * 1_000, document.hidden ? 1e9 : 5_000))
  }

  /** Seconds until a new token is due: a keeper's at its lead, a fetcher's in the middle of the old one's life. */
  #due(): number {
    const { leadSeconds } = this.#user
    const { life, until } = this.#token
    return (
      Math.max(
        // What is no number above 0 counts as not given.
        until - Math.min(life / 2, Math.max(1, Math.max(0, Number(leadSeconds)) || life / 15)),
        this.#pause.until,
      ) - now()
    )
  }

  #renew(): Promise<void> | undefined {
    if (this.#request) return this.#renewal
    this.#request = new AbortController()
    // The failure before says nothing about what ends this one.
    this.#pause.code = undefined
    const { signal } = this.#request
    const left = this.#token.until - now()
    // A request takes 15 s at most. A tab that stands still must not cost the others their token.
    this.#renewal = oneAtATime(this.#name, left > 0 ? left / 2 : 20, async () => {
      // Another tab may have a token, or may have got one just now. Where none is left, every moment counts.
      if (this.#due() <= 0 && (!this.#token.life || left > 0)) {
        // Begins first: other sessions of the page may begin theirs when they are asked.
        const answers = wait(0.1)
        this.#tell({}, 0)
        await answers
      }
      if (this.#due() > 0) return this.#drop()
      const sent = now()
      // Whatever `headers` and `fetch` are, they keep no tab waiting, and nobody once it has stopped.
      const answer: Answer = (await Promise.race([
        requestWidgetToken(this.#user, signal),
        wait(15, signal),
      ]).catch(() => {})) ?? { code: 'unreachable' }
      if (signal.aborted) return
      let seconds = answer.left as number
      if (!answer.widgetToken) {
        // 1 to 2 seconds at first, up to twice as long each time, at most 30; longer if the endpoint says so.
        seconds = Math.max(seconds || 0, Math.min(15, Math.max(1, this.#pause.life)) * (1 + Math.random()))
        // Who has failed goes last next time: it may be its own `headers`.
        sessions.delete(this)
        sessions.add(this)
      }
      // It ends here, whatever comes of the answer: what is due then begins again.
      this.#drop()
      this.#tell({ ...answer, life: seconds + now() - sent }, seconds)
    })
    return this.#renewal
  }

  #tell(news: News, seconds: number): void {
    post({ ...news, until: Date.now() + seconds * 1_000, name: this.#name })
  }

  #drop(): void {
    this.#request?.abort()
    this.#request = undefined
  }

  leave(): void {
    clearTimeout(this.#timer)
    this.#drop()
    this.#token = nothing(1)
  }
}

/**
 * No token, from now on; 0.1 s for browsers that round their clocks. `life`: 0 in a new session, which takes what others
 * have; else 1.
 */
const nothing = (life = 0): Held => ({ widgetToken: '', life, until: 0, since: now() - 0.1 - life })

function shown({ widgetToken, until }: Held): WidgetToken {
  const left = until - now()
  return { widgetToken, exp: Math.floor(Date.now() / 1_000 + left), expiresIn: Math.floor(left) }
}
