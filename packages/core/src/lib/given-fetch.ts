import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import { errorMembers } from './error-members.js'
import { ownMembers } from './given.js'

/** The `fetch` option: the runtime's own, another library's or a test's. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Calls a `fetch` that the application may have given. The answer's body is a web stream or `null`, whatever library
 * the answer came from.
 *
 * @throws ConfigurationError where the function itself is wrong: it does not take what it is called with, or gives what
 *   is no response. The platform may have answered, so the request must not be made again. Network errors are thrown
 *   as they are
 */
export async function callFetch(
  fetch: Fetch,
  ...[input, init]: [input: string | URL | Request, init?: RequestInit]
): Promise<Response> {
  let answer: Response
  try {
    answer = await (init === undefined ? fetch(input) : fetch(input, ownMembers(init)))
  } catch (error) {
    if (init?.signal?.aborted || !isMistake(error)) throw error
    throw unusable(
      'failed with an error that is no network error: it must accept what the global fetch accepts',
    )
  }
  return ownResponse(answer)
}

const unusable = (problem: string): ConfigurationError => new ConfigurationError([`fetch: ${problem}`])

const mistakes: readonly unknown[] = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError']

/** Node's codes for arguments that it refuses. Other `ERR_` codes (TLS, HTTP/2, streams) come from the network. */
const argumentCode = /^ERR_(INVALID_(ARG|URL|THIS|RETURN)|MISSING_ARGS)/

/** How engines and libraries word a TypeError that no network can cause. */
const argumentMessage =
  /is not (a|an|defined|iterable|of type)\b|undefined|cannot (read|set|convert|have)|(parse|invalid|absolute) url|must be|required|to be an instance|no text/i

/**
 * Whether an error that `fetch` failed with is a mistake in the program. By the Fetch standard a network error is a
 * TypeError too: one with a cause or a code counts as such unless the code says otherwise.
 */
function isMistake(error: unknown): boolean {
  const { name, message, code, cause } = errorMembers(error)
  if (mistakes.includes(name)) return true
  if (name !== 'TypeError') return false
  const known = code ?? errorMembers(cause).code
  if (typeof known === 'string') return argumentCode.test(known)
  return cause === undefined && argumentMessage.test(String(message))
}

/**
 * An answer of this runtime's as it is; another library's becomes one. All of its head is read once, here. Whatever is
 * wrong with it is no reason to send the request again.
 */
function ownResponse(answer: Response): Response {
  try {
    const { body } = answer
    if (answer.bodyUsed || (isObject(body) && Reflect.get(body, 'locked') === true)) {
      throw unusable('returned a Response whose body was already read: return a new one for each call')
    }
    if (answer instanceof Response && (body === null || body instanceof ReadableStream)) return answer
    const { status, statusText } = answer
    const isEmpty = body === null || [204, 205, 304].includes(status)
    const headers = new Headers([...answer.headers])
    const copy = new Response(isEmpty ? null : streamOf(answer), { status, statusText, headers })
    for (const name of ['url', 'redirected'] as const)
      Object.defineProperty(copy, name, { value: answer[name] })
    return copy
  } catch (error) {
    throw isTesouroTokensError(error) ? error : unusable('returned no Response that can be read')
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function streamOf(answer: Response): ReadableStream<Uint8Array> {
  const body: unknown = answer.body
  if (body instanceof ReadableStream) return body
  const iterator = isAsyncIterable(body) ? body[Symbol.asyncIterator]() : bytesOf(answer.arrayBuffer())
  // `ReadableStream.from` is not in every runtime.
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel(reason) {
      await iterator.return?.(reason)
    },
  })
}

const isAsyncIterable = (body: unknown): body is AsyncIterable<Uint8Array> =>
  isObject(body) && Symbol.asyncIterator in body

async function* bytesOf(whole: Promise<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(await whole)
}
