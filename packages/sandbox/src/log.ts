import type { SandboxRequest } from './stats.js'

/** One line for a request. Values from outside are shortened and quoted; query strings, bodies and headers stay out. */
export function requestLine(
  { method, url, kind, clientId, user, status, fault }: SandboxRequest,
  durationMs: number,
): string {
  const facts = [
    kind,
    clientId === undefined ? undefined : `client=${plain(clientId)}`,
    user === undefined ? undefined : `user=${plain(user)}`,
    fault === undefined ? undefined : `fault=${plain(fault)}`,
  ]
  const answer = status === undefined ? 'no answer' : String(status)
  const said = facts.filter((fact) => fact !== undefined).join(' ')
  return `${plain(method)} ${pathOf(url)} → ${answer} ${said} ${Math.round(durationMs)} ms`
}

/** A long segment may be a token that landed in the path. */
function pathOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  const segments = path.split('/').map((segment) => (segment.length > 24 ? '…' : segment))
  return plain(segments.join('/'))
}

/** Control characters could forge lines; so could anything that a terminal takes for more than text. */
function plain(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return /^[\x21-\x7e…]*$/.test(short)
    ? short
    : JSON.stringify(short).replaceAll(/[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
}
