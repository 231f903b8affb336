import { send } from './send.js'
import { problemCode, type Target } from './target.js'

/** Where the endpoint is instead, if it is at one of the places where it usually is. */
export async function findElsewhere({ options: { url } }: Target): Promise<string> {
  const path = url.pathname.replace(/\/+$/, '')
  const candidates = new Set([
    `${path}/widget-token`,
    path.replace(/(\/widget-token)+$/, '/widget-token/widget-token'),
    path.replace(/\/widget-token$/, ''),
    '/api/tesouro/widget-token',
    '/tesouro/widget-token',
    '/api/widget-token',
    '/widget-token',
    path.startsWith('/api') ? path.slice(4) : `/api${path}`,
  ])
  candidates.delete(path)
  candidates.delete('')
  for (const candidate of candidates) {
    const answer = await send(new URL(candidate, url), { headers: { 'sec-fetch-site': 'same-origin' } })
    if ('failed' in answer || answer.status === 404) continue
    if (problemCode(answer) !== undefined || answer.status === 401) return `; the endpoint is at ${candidate}`
  }
  return ''
}
