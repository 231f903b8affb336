import type { KeepWidgetTokenOptions, WidgetToken, WidgetTokenOptions } from './options.js'
import type { WidgetTokenErrorCode } from './widget-token-error.js'

/**
 * A token that a tab has, why it got none, or else a question for a token. `life` in seconds. What arrives may be from
 * another version of this file, or from anybody of this origin.
 */
export interface News {
  widgetToken?: string
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

/** A fetcher that has been called, or a keeper: only that has `onToken`. */
export type User = WidgetTokenOptions & Partial<KeepWidgetTokenOptions>

/** What a page holds of one user at one endpoint, as its users, the page and other tabs reach it. */
export interface PageSession {
  get(user: User): Promise<WidgetToken>
  keep(user: User): () => void
  hear(message: Message): void
  comeBack(): void
  leave(): void
}

/** The sessions of this page that somebody uses. */
export const sessions: Record<string, PageSession> = {}

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

/** Takes in what a tab tells, this one or another. */
export function hear(message: Message): void {
  for (const session of Object.values(sessions)) session.hear(message)
}

/** Tells the other tabs, where the browser has channels, and gives what it told. */
export function post(message: Message): Message {
  try {
    channel?.postMessage(message)
  } catch {}
  return message
}

function openChannel(): void {
  try {
    channel ??= new BroadcastChannel(prefix)
    channel.onmessage = ({ data }) => hear(Object(data))
  } catch {}
}

function leave(): void {
  // The back/forward cache takes no page with an open channel.
  channel?.close()
  channel = undefined
  for (const session of Object.values(sessions)) session.leave()
}

function comeBack({ persisted }: Event & { persisted?: boolean }): void {
  // A page that was left reports that it is hidden, after that.
  if (!channel && document.hidden) return
  // What other tabs have had meanwhile does not say that this page's user is still signed in.
  if (persisted) leave()
  openChannel()
  for (const session of Object.values(sessions)) session.comeBack()
}

/**
 * Runs `work` while no other tab runs work under this name. Without Web Locks (insecure pages, sandboxed frames), and
 * after so many seconds of waiting, it runs at once. `work` does not reject.
 */
export async function oneTabAtATime(name: string, seconds: number, work: () => Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(prefix + name, { signal: AbortSignal.timeout(seconds * 1_000) }, work)
  } catch {
    await work()
  }
}
