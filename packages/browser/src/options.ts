import type { WidgetTokenEnd, WidgetTokenError } from './widget-token-error.js'

/** A widget token and its life, counted by the page's own clock. */
export interface WidgetToken {
  widgetToken: string
  /** When the token expires: seconds since the epoch by this page's clock, even if that clock is wrong. */
  exp: number
  /** Seconds until then. */
  expiresIn: number
}

/** A function without parameters that returns a valid token: the `fetcher` of `RefreshingRootWidgetProvider`. */
export type WidgetTokenFetcher = () => Promise<WidgetToken>

/** Where widget tokens come from, and what happens when there are none. */
export interface WidgetTokenOptions {
  /** Address of the widget token endpoint. Default `/api/tesouro/widget-token`. */
  url?: string
  /**
   * Id of the user that this page shows. The endpoint compares it with the session and never trusts it. Give it: only
   * then do tabs share tokens, and does a page notice that another user has signed in, in another tab. Together with
   * `url` it must name all that a token depends on.
   */
  userId?: string
  /** E-mail address of the user that this page shows. The endpoint compares it, too. */
  userEmail?: string
  /**
   * Headers for the request, or a function that makes them for each request. Of several fetchers and keepers of one
   * user, those of the one that sends the request count.
   */
  headers?: Readonly<Record<string, string>> | (() => HeadersOrPromise)
  /** Whether cookies are sent. Default `same-origin`; use `include` for an endpoint on another origin. */
  credentials?: 'omit' | 'same-origin' | 'include'
  /**
   * Called once when the session has ended, for each keeper and each fetcher that has been called. No more requests
   * and no other callbacks follow.
   */
  onSignedOut?: (why: WidgetTokenEnd) => void
  /** Called for each failed request, in each tab. A keeper sends the next one by itself. */
  onError?: (error: WidgetTokenError) => void
}

type HeadersOrPromise = Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

/** Options of {@link keepWidgetToken}. */
export interface KeepWidgetTokenOptions extends WidgetTokenOptions {
  /** Called with the first token, and with every new one before the old one expires. */
  onToken: (token: WidgetToken) => void
  /** Seconds before the end of a token at which the next one is requested. At most half of its life counts, and what is no number above 0 counts as not given. Default: a fifteenth of the token's life. */
  leadSeconds?: number
}
