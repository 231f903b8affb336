import { now } from './clock.js'
import type { WidgetTokenOptions } from './options.js'
import type { News } from './tabs.js'

/** What the endpoint said. */
export interface Answer extends News {
  /** Seconds that the token has left, or until the endpoint takes another request. */
  left?: number
}

/** Sends one request. Rejects when there is no answer. */
export async function requestWidgetToken(
  url: string,
  { userId, userEmail, headers, credentials }: WidgetTokenOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const sent = now()
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
  const { status } = response
  // Whatever its body is, and even if that never ends.
  if (status === 401) return { code: 'not_signed_in' }
  const { widgetToken, expiresIn, code }: Json = Object(await response.json().catch(() => {}))
  if (!response.ok)
    return {
      code: (typeof code === 'string' && code) || `http_${status}`,
      left: Math.min(Number(response.headers.get('retry-after')), 3_600) || 0,
    }
  const life = Math.min(expiresIn, 86_400)
  const left = life - (now() - sent)
  return typeof widgetToken === 'string' && widgetToken && left >= 8
    ? { widgetToken, life, left }
    : { code: left < 8 ? 'short_life' : 'invalid_answer' }
}

interface Json {
  widgetToken?: unknown
  /** Anything may have come: what is no number of seconds makes no life of 8 s. */
  expiresIn: number
  code?: unknown
}
