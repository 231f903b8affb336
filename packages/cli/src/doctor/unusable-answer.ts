import type { Secrets } from '../terminal/secrets.js'
import type { AnswerHead } from './platform-log.js'

/** What an answer that is none of the platform's says about the address, and what to do. */
export function unusableAnswer(
  head: AnswerHead | undefined,
  baseUrl: URL,
  secrets: Secrets,
): [found: string, ...todo: string[]] | undefined {
  if (head === undefined) return undefined
  const { origin, pathname } = baseUrl
  if (head.status >= 300 && head.status < 400) {
    const to = targetOf(head, secrets)
    return [
      `${origin} answers with a redirect (${head.status})${to === undefined ? '' : ` to ${to}`}: it is never followed, since the request holds the client secret`,
      'Set TESOURO_BASE_URL to the address at the end of the redirects.',
    ]
  }
  if (head.type === 'text/html') {
    return [
      `${origin} answers with a web page (HTML, status ${head.status}): that is another server`,
      'Check host and port in TESOURO_BASE_URL: it is probably the port of your own application, or a proxy answers for the platform.',
    ]
  }
  if (head.status === 404) {
    return [
      `${origin} knows no ${pathname}openid/connect/token (404)`,
      pathname === '/'
        ? 'Check host and port in TESOURO_BASE_URL.'
        : `Leave the path ${secrets.foreign(pathname)} out of TESOURO_BASE_URL.`,
    ]
  }
  return [
    `${origin} answers with status ${head.status} and something that is no token (${secrets.foreign(head.type, 40) || 'no content type'})`,
    'Check host and port in TESOURO_BASE_URL: that is not the platform.',
  ]
}

/** Host alone: a path or a query may hold anything. */
function targetOf(head: AnswerHead, secrets: Secrets): string | undefined {
  const location = head.header('location')
  if (location === null || !URL.canParse(location, head.url.href)) return undefined
  return secrets.foreign(new URL(location, head.url.href).origin)
}
