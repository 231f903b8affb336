import { headerValues, type WidgetTokenRequestHeaders } from './headers.js'
import { ownHosts } from './host.js'
import type { WidgetTokenOptions } from './options.js'
import { ofTheApplication, Refusal } from './refusal.js'

/** One origin as browsers write it (RFC 6454 §6.2): no list, no path, no upper case. */
const serializedOrigin = /^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Lu}\\/?#@,]+$/u

/** The whole of a Host header: a name or address with or without a port. */
const hostAndPort = /^[^\s\\/?#@,]+$/

interface OriginInput<Request> {
  host: string | undefined
  headers: WidgetTokenRequestHeaders
  request: Request
}

/**
 * Lets a request pass, or refuses it. Resolves with the CORS headers that the answer needs, which are none
 * unless the origin is one of the allowed ones.
 *
 * Browsers say in `Sec-Fetch-Site` how the page that sends a request is related to its target; pages cannot
 * change it. Where it is missing (old browsers, plain HTTP), `Origin` has to name the request's own host.
 * Programs other than browsers send neither; they hold no one else's cookies, and pass.
 */
export async function checkOrigin<Request, Context extends readonly unknown[]>(
  allowedOrigins: WidgetTokenOptions<Request, Context>['allowedOrigins'],
  input: OriginInput<Request>,
  context: Context,
): Promise<Readonly<Record<string, string>>> {
  const origins = headerValues(input.headers, 'origin')
  const sites = headerValues(input.headers, 'sec-fetch-site')
  const [site] = sites
  if (origins.length > 1 || sites.length > 1) throw new Refusal('origin_not_allowed')
  const fromOwnPage = site === 'same-origin' || site === 'none'
  // Firefox hides the origin under `Referrer-Policy: no-referrer`, from the page's own server too.
  const origin = origins[0] === 'null' && fromOwnPage ? undefined : origins[0]
  if (origin !== undefined && !serializedOrigin.test(origin)) throw new Refusal('origin_not_allowed')

  if (origin !== undefined && (await isAllowed(allowedOrigins, origin, input.request, context))) {
    return corsHeaders(origin)
  }
  const own = site === undefined ? origin === undefined || isOwnHost(origin, input) : fromOwnPage
  if (!own) throw new Refusal('origin_not_allowed')
  return {}
}

async function isAllowed<Request, Context extends readonly unknown[]>(
  allowedOrigins: WidgetTokenOptions<Request, Context>['allowedOrigins'],
  origin: string,
  request: Request,
  context: Context,
): Promise<boolean> {
  if (typeof allowedOrigins !== 'function') return allowedOrigins?.includes(origin) ?? false
  return (
    (await ofTheApplication('allowedOrigins', () => allowedOrigins(origin, request, ...context))) === true
  )
}

/** The scheme is not compared: behind a proxy that ends TLS the server does not know its own. */
function isOwnHost(
  origin: string,
  { host, headers }: Pick<OriginInput<unknown>, 'host' | 'headers'>,
): boolean {
  if (host === undefined || !hostAndPort.test(host) || !/^https?:/.test(origin)) return false
  const page = URL.canParse(origin) ? new URL(origin) : undefined
  if (page?.origin !== origin) return false
  // Read as a URL of the same scheme, so that the default port counts as none on both sides.
  return ownHosts(host, headers).some((own) => {
    const url = `${page.protocol}//${own}`
    return hostAndPort.test(own) && URL.canParse(url) && new URL(url).host === page.host
  })
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
  }
}

/** How long a browser may remember a preflight, in seconds: Chromium's own maximum. */
const maxAgeSeconds = 7_200

/** Field names (RFC 9110 §5.1) with commas between them. */
const fieldNames = /^[\w!#$%&'*+.^`|~-]+( *, *[\w!#$%&'*+.^`|~-]+)*$/

/** What a preflight receives next to the CORS headers: pages may send what they ask for, as tracing libraries add headers. */
export function preflightHeaders(headers: WidgetTokenRequestHeaders): Record<string, string> {
  const [asked = '', ...more] = headerValues(headers, 'access-control-request-headers')
  const isUsable = more.length === 0 && asked.length <= 2_048 && fieldNames.test(asked)
  return {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': isUsable ? asked : 'content-type, authorization',
    'access-control-max-age': String(maxAgeSeconds),
  }
}
