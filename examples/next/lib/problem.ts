import { STATUS_CODES } from 'node:http'

/** A problem document (RFC 9457), of the form that the widget token endpoint has too. */
export function problem(
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const type = { 'cache-control': 'no-store', 'content-type': 'application/problem+json' }
  return Response.json(
    { type: 'about:blank', title: STATUS_CODES[status], status, detail, code },
    { status, headers: { ...type, ...headers } },
  )
}
