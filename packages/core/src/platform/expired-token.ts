import { withDeadline } from '../lib/deadline.js'

/** The platform's problem documents are far smaller. */
const maxBytes = 16 * 1024

/** The platform's words (`{"error":{"message":"The token has been expired."}}`) and the nearest ways to say them. */
const message = /^the (access )?token (has been|has|is) expired\.?$/i

/** What an answer says about the token, and the answer, of which all can still be read. */
interface Look {
  isExpired: boolean
  answer: Response
}

/**
 * Looks whether an answer says that the token has expired: 401, or 400 whose JSON says so. Of the latter, the first
 * 16 KiB are read for `waitMs` at most.
 */
export async function lookForExpiredToken(response: Response, waitMs: number): Promise<Look> {
  const { status, body } = response
  if (status !== 400 || body === null || response.bodyUsed || !isJson(response))
    return { isExpired: status === 401, answer: response }
  const reads: Read[] = []
  const reader = body.getReader()
  let isExpired = false
  try {
    const onTimeout = (): Error => new Error('late')
    const text = await withDeadline(() => readText(reader, reads), { ms: waitMs, onTimeout })
    isExpired = text !== undefined && namesExpiredToken(JSON.parse(text))
  } catch {
    // It is the caller's to find out.
  }
  return { isExpired, answer: unread(response, reader, reads) }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Read = ReturnType<Reader['read']>

/**
 * The answer with its body to be read from the beginning. A `clone()` would not do: where one of two copies has been
 * cancelled, an abort of the request ends the process in Node 20 and 22, and where none has, the connection stays.
 */
function unread(response: Response, reader: Reader, reads: Read[]): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await (reads.shift() ?? reader.read())
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return Object.defineProperty(new Response(body, response), 'url', { value: response.url })
}

function isJson(response: Response): boolean {
  const [mediaType = ''] = (response.headers.get('content-type') ?? '').split(';')
  return /^application\/([\w.+-]+\+)?json$/i.test(mediaType.trim())
}

/** The whole text, or `undefined` when it is longer than is worth looking at. */
async function readText(reader: Reader, reads: Read[]): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const read = reader.read()
    reads.push(read)
    const { done, value } = await read
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
