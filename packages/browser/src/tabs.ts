import type { WidgetTokenErrorCode } from './widget-token-error.js'

/**
 * A token that a tab has, why it got none, or else a question for a token. `until`: when the token expires, or when the
 * next request may be sent, in milliseconds since the epoch. `life` in seconds.
 */
export type News =
  | { widgetToken: string; life: number }
  | { code: WidgetTokenErrorCode }
  | Record<never, never>

/** `name`: of the session, none for all. */
export type Message = News & { until: number; name?: string }

// The number grows when the form of messages changes: during a deploy, tabs run two versions of this file.
const prefix = 'tesouro-tokens/1'

/** A channel to the other tabs, where the browser has channels. */
export function openChannel(hear?: (message: Message) => void): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(prefix)
    channel.onmessage = ({ data }) => hear?.(Object(data))
    return channel
  } catch {
    return
  }
}

/**
 * Runs `work` while no other tab runs work under this name. Without Web Locks (insecure pages, sandboxed frames), and
 * after 20 s of waiting (a request takes 15 s at most), it runs at once. `work` does not reject.
 */
export async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(prefix + name, { signal: AbortSignal.timeout(20_000) }, work)
  } catch {
    await work()
  }
}
