import type { WidgetTokenFetcher, WidgetTokenOptions } from './options.js'
import { Session } from './session.js'
import { listen } from './tabs.js'

/**
 * Makes the function that the vendor's `RefreshingRootWidgetProvider` takes as `fetcher`. All tabs of an origin that
 * show the same user send one request for all of them. After a 401 the function rejects without sending anything:
 * make a new fetcher when somebody has signed in again.
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
  listen()
  // As long a lead as there is: half of the token's life.
  const own = { ...options, leadSeconds: Infinity }
  let session: Session | undefined
  return async () => {
    // For good: once that session has ended, it takes another fetcher.
    session ??= new Session(own)
    return session.get()
  }
}
