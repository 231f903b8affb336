import type { WidgetTokenFetcher, WidgetTokenOptions } from './options.js'
import { beginSession } from './sessions.js'

/**
 * Makes the function that the vendor's `RefreshingRootWidgetProvider` takes as `fetcher`. All tabs of an origin that
 * show the same user send one request for all of them. After a 401 the function rejects without sending anything,
 * until a new fetcher is made.
 *
 * Make it once, outside of components: the provider starts over when it is given another function.
 *
 * @param options Where tokens come from, see {@link WidgetTokenOptions}.
 * @returns A function that resolves to `{ widgetToken, exp, expiresIn }` and rejects with a {@link WidgetTokenError}.
 *
 * ```ts
 * import { createWidgetTokenFetcher } from '@tesouro-tokens/browser'
 *
 * export const fetcher = createWidgetTokenFetcher({
 *   userId: 'user-1',
 *   onSignedOut: (why) => console.info(`no more widget tokens: ${why}`),
 * })
 * ```
 */
export function createWidgetTokenFetcher(options: WidgetTokenOptions = {}): WidgetTokenFetcher {
  // Modules of pages run on servers too, where nothing is done.
  const session = globalThis.document && beginSession(options)
  return async () => session.get(options)
}
