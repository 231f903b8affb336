import type { KeepWidgetTokenOptions } from './options.js'
import { beginSession } from './sessions.js'

/**
 * Keeps a widget token fresh for a page without the vendor's provider. `onToken` gets the first token, and each new
 * one before the old one expires: also after sleep, in the background, with a wrong clock, and when another tab has
 * requested it. Failed requests are repeated after `Retry-After`, else after 1 to 30 s.
 *
 * @param options See {@link KeepWidgetTokenOptions}.
 * @returns `stop`: ends it, and the request under way if nobody else in this tab waits for it.
 *
 * ```ts
 * import { keepWidgetToken } from '@tesouro-tokens/browser'
 *
 * const stop = keepWidgetToken({
 *   userId: 'user-1',
 *   onToken: ({ widgetToken }) => console.info(widgetToken.length),
 *   onSignedOut: () => stop(),
 * })
 * ```
 */
export function keepWidgetToken(options: KeepWidgetTokenOptions): () => void {
  if (!globalThis.document) return () => {}
  const keeper = { ...options }
  return beginSession(keeper).keep(keeper)
}
