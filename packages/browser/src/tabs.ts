import type { KeepWidgetTokenOptions, WidgetTokenOptions } from './options.js'
import type { WidgetTokenErrorCode } from './widget-token-error.js'

/**
 * A token that a tab has, why it got none, or else a question for a token. What arrives may be from another version of
 * this file, or from anybody of this origin.
 */
export interface News {
  widgetToken?: string
  /** Seconds from the request to `until`. What has none was asked for just now, whatever the clocks say. */
  life?: number
  code?: WidgetTokenErrorCode
}

/**
 * `until`: when the token expires, or when the next request may be sent, in milliseconds since the epoch. `name`: of
 * the session, none for all.
 */
export interface Message extends News {
  until: number
  name?: string
}

/** Options of a fetcher that has been called, or of a keeper: only those have `onToken`. A session makes `url` absolute. */
export type User = WidgetTokenOptions & Partial<KeepWidgetTokenOptions>

/** What a fetcher or keeper holds, as the page and other tabs reach it. */
export interface PageSession {
  hear(message: Message): void
  look(reachable: boolean): void
  leave(): void
}

/** Of all keepers of this page that have not stopped, and all fetchers that have been called. */
export const sessions: Set<PageSession> = new Set()

/** Until when no request is sent for a user, and why. */
export interface Pause {
  code?: WidgetTokenErrorCode
  /** When it ends, by `now()`. */
  until: number
  /** Its length, in seconds. */
  life: number
}

/** Of all users that this page has had, at each endpoint. */
export const pauses: Record<string, Pause> = {}

// The number grows when the form of messages changes: during a deploy, tabs run two versions of this file.
const prefix = 'tesouro-tokens/1'

let channel: BroadcastChannel | undefined

/** Listens to the page and to the other tabs, once however often it is called. On a server there is no page. */
export function listen(): unknown {
  if (!globalThis.document) return
  addEventListener('pagehide', leave)
  for (const type of ['pageshow', 'online', 'visibilitychange']) addEventListener(type, comeBack)
  openChannel()
  return true
}

/** Takes in what a session tells, of this tab or another. */
function hear(message: Message): void {
  for (const session of sessions) session.hear(message)
}

/** Tells all sessions of this tab, and the other tabs, where the browser has channels. */
export function post(message: Message): void {
  try {
    channel?.postMessage(message)
  } catch {}
  hear(message)
}

function openChannel(): void {
  try {
    channel ??= new BroadcastChannel(prefix)
    channel.onmessage = ({ data }) => {
      try {
        hear(data)
      } catch {
        // Anybody of this origin can post what is no message, such as a `bigint` for a number.
      }
    }
  } catch {}
}

function leave(): void {
  // The back/forward cache takes no page with an open channel.
  channel?.close()
  channel = undefined
  for (const session of sessions) session.leave()
}

function comeBack({ type, persisted }: Event & { persisted?: boolean }): void {
  // A page that was left reports that it is hidden, after that.
  if (channel || !document.hidden) {
    // What other tabs have had meanwhile does not say that this page's user is still signed in.
    if (persisted) leave()
    openChannel()
    for (const session of sessions) session.look(persisted ?? type === 'online')
  }
}

/**
 * Runs `work` once, while nothing else runs under this name, in any tab. Without Web Locks (insecure pages, sandboxed
 * frames, a page that has replaced them), and after so many seconds of waiting, it runs at once. `work` does not reject.
 */
export async function oneAtATime(name: string, seconds: number, work: () => Promise<void>): Promise<void> {
  let run: Promise<void> | undefined
  const once = () => (run ??= work())
  try {
    await Promise.race([navigator.locks.request(prefix + name, once), wait(seconds)])
  } catch {}
  await once()
}

export const wait = (seconds: number, signal?: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal) signal.onabort = resolve
    setTimeout(resolve, seconds * 1_000)
  })
