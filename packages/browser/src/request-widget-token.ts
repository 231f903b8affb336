import { now } from './clock.js'
import type { News, User } from './tabs.js'

/** What the endpoint said. */
export interface Answer extends News {
  /** Seconds that the token has left, or until the endpoint takes another request: what is no number says nothing. */
  left?: number
}

/** Sends one request. Rejects when there is no answer. */
export async function requestWidgetToken(
  { url, userId, userEmail, headers, credentials }: User,
  signal: AbortSignal,
): Promise<Answer> {
  const sent = now()
  const response = await fetch(url as string, {
    method: 'POST',
    credentials,
    signal,
    headers: {
      'content-type': 'application/json',
      ...(typeof headers === 'function' ? await headers() : headers),
    },
    body: JSON.stringify({ userId, userEmail }),
  })
  // Whatever its body is, and even if that never ends.
  if (response.status === 401) return { code: 'not_signed_in' }
  const { widgetToken, expiresIn, code }: Json = Object(await response.json().catch(() => {}))
  if (!response.ok)
    return {
      code: (typeof code === 'string' && code) || `http_${response.status}`,
      left: Math.min(Number(response.headers.get('retry-after')), 3_600),
    }
  const left = Math.min(expiresIn, 86_400) - (now() - sent)
  return typeof widgetToken === 'string' && widgetToken && left >= 8
    ? { widgetToken, left }
    : { code: left < 8 ? 'short_life' : 'invalid_answer' }
}

interface Json {
  widgetToken?: unknown
  /** Anything may have come: what is no number of seconds makes no life of 8 s. */
  expiresIn: number
  code?: unknown
}
