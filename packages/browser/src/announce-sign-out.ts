import { listen, post } from './tabs.js'

/**
 * Tells all tabs of this origin that nobody is signed in any more: each stops requesting tokens at once and calls its
 * `onSignedOut`. Call it when your server has ended the session. Without it, the first tab whose token becomes due
 * finds out, by a 401.
 *
 * ```ts
 * import { announceSignOut } from '@tesouro-tokens/browser'
 *
 * export async function signOut(): Promise<void> {
 *   await fetch('/sign-out', { method: 'POST' })
 *   announceSignOut()
 * }
 * ```
 */
export function announceSignOut(): void {
  // It counts whatever the clocks say.
  listen()
  post({ code: 'not_signed_in', until: 0 })
}
