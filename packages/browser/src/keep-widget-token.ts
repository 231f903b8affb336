import type { KeepWidgetTokenOptions } from './options.js'
import { Session } from './session.js'
import { listen } from './tabs.js'

/**
 * Keeps a widget token fresh for a page without the vendor's provider. `onToken` gets the first token, and each new
 * one before the old one expires: also after sleep, in the background, with a wrong clock, and when another tab has
 * requested it. Failed requests are repeated after 1 to 30 s, or after `Retry-After`.
 *
 * @param options See {@link KeepWidgetTokenOptions}.
 * @returns `stop`: ends it, and its request under way. No callback is called after that, and none before this function
 * has returned.
 * @throws A {@link WidgetTokenError} with the code `invalid_options`: `url` is no address, or `userId` (without it
 * `userEmail`) is no text.
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
  // Modules of pages run on servers too, where nothing is done.
  if (!listen()) return () => {}
  const session = new Session({ ...options })
  return () => session.close()
}
