import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

const maxBody = 1024 * 1024

/** A request whose body has been read. */
export interface Incoming {
  method: string
  /** As it stood in the request line. */
  url: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** `undefined` when it is longer than 1 MiB. */
  body: Buffer | undefined
  remoteAddress: string | undefined
  localAddress: string | undefined
}

/** Reads a request to its end. Rejects when the connection breaks before that. */
export async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= maxBody) chunks.push(chunk)
  }
  const url = request.url ?? '/'
  const queryAt = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    url,
    path: queryAt === -1 ? url : url.slice(0, queryAt),
    query: new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt + 1)),
    headers: request.headers,
    body: length <= maxBody ? Buffer.concat(chunks) : undefined,
    remoteAddress: request.socket.remoteAddress,
    localAddress: request.socket.localAddress,
  }
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1). */
export function bearerToken({ headers }: Incoming): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(headers.authorization ?? '')?.[1]
}

/** The members of an `application/x-www-form-urlencoded` body; a name that is repeated gives a list. */
export function formMembers({ headers, body }: Incoming): Record<string, string | string[]> {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded' || body === undefined) return {}
  const form = new URLSearchParams(body.toString('utf8'))
  const members = [...new Set(form.keys())].map((name): [string, string | string[]] => {
    const values = form.getAll(name)
    return [name, values.length === 1 ? (values[0] ?? '') : values]
  })
  return Object.fromEntries(members)
}

/** A member that is text and stands there once. */
export function textMember(members: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The JSON object in the body; `undefined` when there is anything else. */
export function jsonObject({ body }: Incoming): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') ?? '')
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}
