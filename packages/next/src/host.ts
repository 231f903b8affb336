/**
 * What Next takes for the request's host. Its own `request.url` holds the address that the server listens on; for
 * the origin check of server actions it reads these two headers in this order, as we do. No page can set the first
 * one for a request to another site without a preflight, which the endpoint refuses.
 */
export function hostOf(
  header: (name: 'x-forwarded-host' | 'host') => string | undefined,
): string | undefined {
  return header('x-forwarded-host')?.split(',', 1)[0]?.trim() || header('host')
}
