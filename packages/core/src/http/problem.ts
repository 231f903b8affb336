/** Why the endpoint refused, as a stable word for the page's code. */
export type WidgetTokenProblemCode =
  | 'method_not_allowed'
  | 'origin_not_allowed'
  | 'not_signed_in'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'invalid_body'
  | 'identity_mismatch'
  | 'user_not_eligible'
  | 'rate_limited'
  | 'misconfigured'
  | 'temporarily_unavailable'

/** The body of every answer that is not a token: a problem document (RFC 9457) with nothing secret in it. */
export interface WidgetTokenProblem {
  /** No page explains it: `code` does (RFC 9457 §4.2.1). */
  type: 'about:blank'
  /** The status in words. */
  title: string
  /** The HTTP status. */
  status: number
  /** One sentence for the person who reads it. May change between versions. */
  detail: string
  /** Which refusal this is. Does not change between versions. */
  code: WidgetTokenProblemCode
}

/** Every refusal, in the order in which a request is checked. */
const problems: Record<WidgetTokenProblemCode, readonly [status: number, title: string, detail: string]> = {
  method_not_allowed: [405, 'Method Not Allowed', 'Ask for a widget token with POST.'],
  origin_not_allowed: [403, 'Forbidden', 'This endpoint does not answer pages of that origin.'],
  not_signed_in: [401, 'Unauthorized', 'Nobody is signed in.'],
  body_too_large: [413, 'Content Too Large', 'The body is larger than 8 KiB.'],
  unsupported_media_type: [415, 'Unsupported Media Type', 'A body must be application/json.'],
  invalid_body: [
    400,
    'Bad Request',
    'The body must be a JSON object; userId and userEmail, where present, strings.',
  ],
  identity_mismatch: [403, 'Forbidden', 'The body names another user than the one who is signed in.'],
  user_not_eligible: [403, 'Forbidden', 'There can be no widget token for this user.'],
  rate_limited: [
    429,
    'Too Many Requests',
    'Too many widget tokens were asked for. Wait as Retry-After says.',
  ],
  misconfigured: [500, 'Internal Server Error', 'The server is not set up correctly; its log says more.'],
  temporarily_unavailable: [503, 'Service Unavailable', 'Try again after the time in Retry-After.'],
}

export function problemOf(code: WidgetTokenProblemCode): WidgetTokenProblem {
  const [status, title, detail] = problems[code]
  return { type: 'about:blank', title, status, detail, code }
}
