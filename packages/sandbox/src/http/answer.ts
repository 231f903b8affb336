/** An answer before it is written. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

/** Problem details (RFC 9457) in the platform's form. */
export function problem(
  { status, errorCode, title, detail }: { status: number; errorCode: string; title: string; detail: string },
  instance: string,
  headers: Record<string, string> = {},
): Answer {
  const body = { type: 'about:blank', title, status, detail, instance, errorCode }
  return jsonAnswer(status, body, { 'content-type': 'application/problem+json', ...headers })
}
