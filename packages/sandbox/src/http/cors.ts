import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.js'

/** For what a widget calls from its page: no cookies are involved, so every origin may. */
export const openToAll: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, www-authenticate, x-request-id',
}

/** Answers a preflight (Fetch §3.2) with the given `Access-Control-Allow-Origin` and what goes with it. */
export function preflight(headers: IncomingHttpHeaders, allow: Readonly<Record<string, string>>): Answer {
  const privateNetwork = headers['access-control-request-private-network'] === 'true'
  return {
    status: 204,
    headers: {
      ...allow,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization, content-type, x-organization-id',
      'access-control-max-age': '600',
      ...(privateNetwork && { 'access-control-allow-private-network': 'true' }),
    },
    body: '',
  }
}
