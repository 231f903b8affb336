import type { WidgetTokenOptions } from './options.js'
import type { WidgetTokenErrorCode } from './widget-token-error.js'

/** What the endpoint said. `life` in seconds, from when the request was sent; `retryAfter` in seconds. */
export type Answer =
  | { widgetToken: string; life: number; retryAfter?: never }
  | { code: WidgetTokenErrorCode; retryAfter?: number; life?: never }

export const defaultUrl = '/api/tesouro/widget-token'

/** Sends one request. Rejects when there is no answer. */
export async function requestWidgetToken(
  { url = defaultUrl, userId, userEmail, headers, credentials }: WidgetTokenOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    credentials,
    signal,
    headers: {
      'content-type': 'application/json',
      ...(typeof headers === 'function' ? await headers() : headers),
    },
    body: JSON.stringify({ userId, userEmail }),
  })
  const json: Json = Object(await response.json().catch(() => {}))
  return response.ok ? readToken(json) : readRefusal(response, json)
}

type Json = Readonly<Record<string, unknown>>

function readToken({ widgetToken, expiresIn }: Json): Answer {
  if (typeof widgetToken !== 'string' || typeof expiresIn !== 'number') return { code: 'invalid_answer' }
  return expiresIn >= 8 ? { widgetToken, life: Math.min(expiresIn, 86_400) } : { code: 'short_life' }
}

function readRefusal({ status, headers }: Response, { code }: Json): Answer {
  const after = headers.get('retry-after')
  return {
    code: status === 401 ? 'not_signed_in' : typeof code === 'string' ? code : `http_${status}`,
    // seconds or a date
    retryAfter: Number(after) || (Date.parse(`${after}`) - Date.now()) / 1_000,
  }
}
