import { requestHost, type WidgetTokenRequestHeaders } from '@tesouro-tokens/core'

/**
 * What Next takes for the request's host. Its own `request.url` holds the address that the server listens on; for
 * the origin check of server actions it reads `X-Forwarded-Host` and `Host` in this order, as we do. No page can set the
 * first one for a request to another site without a preflight, which the endpoint refuses.
 */
export function hostOf({ headers }: { readonly headers: WidgetTokenRequestHeaders }): string | undefined {
  return requestHost(headers, true)
}
