/**
 * What went wrong. The endpoint's own codes are passed on, such as `rate_limited`; of those, `not_signed_in` and
 * `identity_mismatch` end everything. The others are this package's.
 *
 * | code | meaning |
 * |---|---|
 * | `not_signed_in` | 401: nobody is signed in. No more requests. |
 * | `identity_mismatch` | Another user than `userId` is signed in. No more requests. |
 * | `unreachable` | No answer within 15 s, or the request could not be sent. |
 * | `http_404`, `http_502`, … | An answer that is no success and has no `code`. |
 * | `invalid_answer` | A success without a widget token: HTML (often a sign-in page behind a redirect), an empty body. |
 * | `short_life` | The token had less than eight seconds left when it came, or had expired already. |
 * | `stopped` | The page was left before the answer came. |
 * | `invalid_options` | `url` is no address that a page can send a request to, or `userId` (without it `userEmail`) is no text. |
 */
export type WidgetTokenErrorCode =
  | WidgetTokenEnd
  | 'unreachable'
  | `http_${number}`
  | 'invalid_answer'
  | 'short_life'
  | 'stopped'
  | 'invalid_options'
  | (string & {})

/**
 * Why there will be no more tokens. `not_signed_in`: nobody is signed in (401, or {@link announceSignOut} in any tab).
 * `identity_mismatch`: another user than `userId` is signed in (403), usually in another tab.
 */
export type WidgetTokenEnd = 'not_signed_in' | 'identity_mismatch'

/** Why there is no widget token. Holds no token, and nothing of the answer but its status or `code`. */
export interface WidgetTokenError extends Error {
  name: 'WidgetTokenError'
  code: WidgetTokenErrorCode
}

export const widgetTokenError = (code: WidgetTokenErrorCode): WidgetTokenError =>
  Object.assign(new Error(code), { name: 'WidgetTokenError' as const, code })
