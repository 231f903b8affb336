import { pause } from '../lib/deadline.js'

/** The platform's problem documents are far smaller. */
const maxBytes = 16 * 1024

/** The platform's words (`{"error":{"message":"The token has been expired."}}`) and the nearest ways to say them. */
const message = /^the (access )?token (has been|has|is) expired\.?$/i

/**
 * Whether an answer says that the token has expired: 401, or 400 whose JSON says so. For the latter a copy of the
 * body is looked at, 16 KiB and `waitMs` at most, so that the answer itself can still be read from its beginning.
 */
export async function saysTokenExpired(response: Response, waitMs: number): Promise<boolean> {
  if (response.status === 401) return true
  if (response.status !== 400 || response.body === null || response.bodyUsed || !isJson(response))
    return false
  const body = response.clone().body
  if (body === null) return false
  const reader = body.getReader()
  const done = new AbortController()
  try {
    const late = pause(waitMs, done.signal).then(() => undefined)
    late.catch(() => {})
    const text = await Promise.race([readText(reader), late])
    return text !== undefined && namesExpiredToken(JSON.parse(text))
  } catch {
    return false
  } finally {
    done.abort()
    // Without effect on the answer itself: a cancelled copy only stops keeping what the other one reads.
    reader.cancel().catch(() => {})
  }
}

function isJson(response: Response): boolean {
  const [mediaType = ''] = (response.headers.get('content-type') ?? '').split(';')
  return /^application\/([\w.+-]+\+)?json$/i.test(mediaType.trim())
}

/** The whole text, or `undefined` when it is longer than is worth looking at. */
async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.byteLength
    if (length > maxBytes) return undefined
    text += decoder.decode(value, { stream: true })
  }
}

function namesExpiredToken(body: unknown): boolean {
  const said = own(own(body, 'error'), 'message')
  return typeof said === 'string' && message.test(said)
}

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
