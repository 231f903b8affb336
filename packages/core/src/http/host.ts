import { headerValues, type WidgetTokenRequestHeaders } from './headers.js'

/**
 * The host that a request was sent to, for authors of adapters: the first value of `X-Forwarded-Host` where the
 * framework trusts proxies, else `Host`, or `:authority` of HTTP/2.
 *
 * @param headers the request's headers
 * @param trusted whether what a proxy says counts
 *
 * @example
 * ```ts
 * import { requestHost } from '@tesouro-tokens/core'
 *
 * export const hostOf = ({ headers }: Request): string | undefined => requestHost(headers, true)
 * ```
 */
export function requestHost(headers: WidgetTokenRequestHeaders, trusted: boolean): string | undefined {
  const forwarded = trusted ? firstOf(headers, 'x-forwarded-host') : undefined
  // HTTP/2 has it under another name (RFC 9113 §8.3.1).
  return forwarded || headerValues(headers, 'host')[0] || headerValues(headers, ':authority')[0]
}

/**
 * The names under which a page may know the host. Proxies drop the port from `X-Forwarded-Host`: then it stands in
 * `X-Forwarded-Port`, or still in `Host`. No page can set either for a request to another site without a preflight,
 * which the endpoint refuses.
 */
export function ownHosts(host: string, headers: WidgetTokenRequestHeaders): readonly string[] {
  const port = firstOf(headers, 'x-forwarded-port') ?? ''
  const [addressed = ''] = headerValues(headers, 'host')
  const isSameName = addressed.replace(/:\d+$/, '').toLowerCase() === host.toLowerCase()
  return [host, ...(/^\d{1,5}$/.test(port) ? [`${host}:${port}`] : []), ...(isSameName ? [addressed] : [])]
}

/** Each proxy appends what it was asked for: the first value is the browser's. */
const firstOf = (headers: WidgetTokenRequestHeaders, name: string): string | undefined =>
  headerValues(headers, name)[0]?.split(',', 1)[0]?.trim()
