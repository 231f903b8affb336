import { now } from './clock.js'
import type { KeepWidgetTokenOptions, WidgetToken, WidgetTokenOptions } from './options.js'
import { type Answer, requestWidgetToken } from './request-widget-token.js'
import { type Message, type News, oneTabAtATime, openChannel } from './tabs.js'
import {
  isEnd,
  type WidgetTokenError,
  type WidgetTokenErrorCode,
  widgetTokenError,
} from './widget-token-error.js'

interface Held {
  widgetToken: string
  life: number
  /** When it ends, by `now()`. */
  until: number
}

/** What this tab holds of one user at one endpoint: the token, the request under way, the pause, the end. */
export class Session {
  /** The same in all tabs that share tokens. */
  readonly #name: string
  /** The newest options: the next request is made with them. */
  #options: WidgetTokenOptions = {}
  readonly #keepers = new Set<KeepWidgetTokenOptions>()
  /** Options of the fetcher that was called last. */
  #fetcher: WidgetTokenOptions | undefined
  /** When a fetcher has answered. */
  #servedAt = 0
  #channel: BroadcastChannel | undefined
  #token: Held | undefined
  #problem: WidgetTokenError | undefined
  /** Seconds of the newest pause. */
  #pause = 1
  #pausedUntil = 0
  #ended = false
  #renewal: Promise<void> | undefined
  #request: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts changes, so that a tab in the queue sees that another one has done its work. */
  #changes = 0

  constructor(name: string) {
    this.#name = name
    addEventListener('pagehide', () => {
      // The back/forward cache takes no page with an open channel.
      this.#channel?.close()
      this.#channel = undefined
      this.#stop()
    })
    for (const type of ['pageshow', 'online', 'visibilitychange'])
      addEventListener(type, () => {
        // A page that was left reports that it is hidden, after that.
        if (this.#token || !document.hidden) this.#comeBack()
      })
    this.#comeBack()
  }

  /** A fetcher or keeper has been made: perhaps somebody has signed in again. */
  begin(options: WidgetTokenOptions): this {
    this.#options = options
    this.#ended = false
    return this
  }

  /** For fetchers: the token at hand in the first half of its life, else a new one. */
  async get(options: WidgetTokenOptions): Promise<WidgetToken> {
    this.#fetcher = options
    const { life = 0, until = 0 }: Partial<Held> = this.#token ?? {}
    const young = until - now() > life / 2
    // A provider whose lead is longer than the token's life asks again at once, for ever.
    await (young ? wait(this.#servedAt + 1 - now()) : this.#renew())
    this.#servedAt = now()
    if (this.#token && (young || !this.#problem)) return shown(this.#token)
    throw this.#problem ?? widgetTokenError('stopped')
  }

  /** For keepers. Gives what ends it. */
  keep(keeper: KeepWidgetTokenOptions): () => void {
    this.#keepers.add(keeper)
    const token = this.#token
    if (token && token.until > now()) void call(keeper.onToken, shown(token))
    this.#look()
    return () => {
      this.#keepers.delete(keeper)
      if (!this.#needed()) this.#stop()
    }
  }

  /** Takes in what this tab has found out, or what another one tells. */
  #hear(message: Message): void {
    // A tab that has needed no token yet is not signed out of anything: it finds out when it needs one.
    if (this.#ended || !this.#needed() || (message.name ?? this.#name) !== this.#name) return
    const left = (message.until - Date.now()) / 1_000
    if ('code' in message) this.#fail(message.code, left)
    else if ('life' in message) this.#accept(message.widgetToken, message.life, left)
    // Only who names its user can know that an older token is for the same one.
    else if (this.#token && this.#options.userId) this.#tell(this.#token, this.#token.until - now())
    this.#look()
  }

  /** Whether this tab needs tokens. */
  #needed(): unknown {
    return this.#fetcher || this.#keepers.size
  }

  #accept(widgetToken: string, life: number, left: number): void {
    const until = now() + left
    const held = this.#token
    // Nonsense; or the same token, or an older one that another tab tells late. Two are never made within a second.
    if (left <= 0 || (held && until - life < held.until - held.life + 1)) return
    const token = { widgetToken, life, until }
    this.#token = token
    this.#problem = undefined
    this.#pause = 1
    this.#changes++
    for (const { onToken } of this.#keepers) void call(onToken, shown(token))
  }

  #fail(code: WidgetTokenErrorCode, left: number): void {
    this.#problem = widgetTokenError(code)
    this.#pause = left
    this.#pausedUntil = now() + left
    this.#changes++
    const end = isEnd(code)
    if (end) this.#stop()
    this.#ended = end
    for (const user of [this.#fetcher, ...this.#keepers])
      void (end ? call(user?.onSignedOut, code) : call(user?.onError, this.#problem))
  }

  /** Renews what is due, and looks again when it will be. */
  #look(): void {
    clearTimeout(this.#timer)
    if (this.#ended || !this.#needed()) return
    const { life = 0, until = 0 }: Partial<Held> = this.#token ?? {}
    const leads = [...this.#keepers].map(({ leadSeconds }) => leadSeconds || life / 15)
    const due = Math.max(until - Math.min(life / 2, Math.max(1, ...leads)), this.#pausedUntil) - now()
    if (!(due > 0)) void this.#renew()
    // Timers stand still while a laptop sleeps, so a page that is looked at looks often. In the background a chain of
    // timers is slowed down, and one alone is not.
    else if (this.#keepers.size)
      this.#timer = setTimeout(() => this.#look(), Math.min(due * 1_000, document.hidden ? 1e9 : 5_000))
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#startRenewal().finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  async #startRenewal(): Promise<void> {
    const changes = this.#changes
    // Not while a problem keeps this tab from sending a request.
    if (!(this.#problem && (this.#ended || now() < this.#pausedUntil))) {
      this.#problem = undefined
      await oneTabAtATime(this.#name, async () => {
        // Another tab may have a token, or may have got one just now. Where none is left, every moment counts.
        if (this.#changes === changes && (this.#token?.until ?? now() + 1) > now()) {
          this.#tell({}, 0)
          await wait(0.1)
        }
        if (this.#changes === changes) await this.#ask()
      })
    }
  }

  async #ask(): Promise<void> {
    const request = new AbortController()
    this.#request = request
    const sent = now()
    // Whatever `headers` and `fetch` are, they keep no tab waiting.
    const answered = await Promise.race([requestWidgetToken(this.#options, request.signal), wait(15)]).catch(
      () => {},
    )
    const answer: Answer = answered ?? { code: 'unreachable' }
    request.abort()
    if (this.#request !== request) return
    const { life, retryAfter = 0 } = answer
    // Without Retry-After 1 to 2 seconds at first, up to twice as long each time, at most 30.
    const pause =
      retryAfter > 0
        ? retryAfter + Math.random()
        : Math.min(15, Math.max(1, this.#pause)) * (1 + Math.random())
    this.#hear(this.#tell(answer, life ? life + sent - now() : pause))
  }

  #tell(news: News, seconds: number): Message {
    const message = { ...news, until: Date.now() + seconds * 1_000, name: this.#name }
    this.#channel?.postMessage(message)
    return message
  }

  /** From wherever the page or its network was. The user may have signed out meanwhile, or timers stood still. */
  #comeBack(): void {
    this.#channel ??= openChannel((message) => this.#hear(message))
    if (this.#problem?.code === 'unreachable') this.#pausedUntil = 0
    this.#look()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#request?.abort()
    this.#token = this.#request = this.#renewal = undefined
    this.#changes++
  }
}

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

function shown({ widgetToken, until }: Held): WidgetToken {
  const expiresIn = Math.round(until - now())
  return { widgetToken, exp: Math.floor(Date.now() / 1_000) + expiresIn, expiresIn }
}

/** A callback that throws or rejects is reported like any other uncaught error, and stops nothing here. */
const call = <Value>(callback: ((value: Value) => unknown) | undefined, value: Value): Promise<unknown> =>
  (async () => callback?.(value))().catch(reportError)
