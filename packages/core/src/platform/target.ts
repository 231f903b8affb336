import { InvalidRequestError } from '../errors.js'

/**
 * The address that a call goes to. A string that begins with one slash is a path below the base URL; any other string
 * is a whole URL. The answer has exactly the base URL's origin: a token is sent nowhere else.
 *
 * @throws InvalidRequestError
 */
export function resolveTarget(input: string | URL, baseUrl: URL): URL {
  const target = typeof input === 'string' ? fromText(input, baseUrl) : new URL(input.href)
  if (target.origin !== baseUrl.origin || target.protocol !== baseUrl.protocol) {
    throw refused("leaves the base URL's origin")
  }
  if (target.username !== '' || target.password !== '') throw refused('holds user information')
  return target
}

const refused = (problem: string): InvalidRequestError => new InvalidRequestError(`input ${problem}`)

/** Control characters are dropped or trimmed by URL parsers, so that what was checked is not what is sent. */
const controls = /\p{Cc}/u

/** `.` and `..`, also percent-encoded, as one of the path's segments: the parser would climb, a reviewer would not see it. */
const dotSegment = /\/(\.|%2e){1,2}(\/|$)/i

function fromText(text: string, baseUrl: URL): URL {
  const isPath = /^\/(?![/\\])/.test(text)
  if (!isPath && !/^https?:\/\//i.test(text)) {
    throw refused('must be a path that begins with exactly one slash, a URL or a Request')
  }
  if (controls.test(text)) throw refused('holds a control character')
  const [pathname = ''] = text.split(/[?#]/, 1)
  if (pathname.includes('\\')) throw refused('holds a backslash, which URL parsers take for a slash')
  // "./" keeps the base URL's own path, and keeps a colon in the first segment from being read as a scheme.
  const address = isPath ? `.${text}` : text
  if (!URL.canParse(address, baseUrl.href)) throw refused('is no URL')
  const target = new URL(address, baseUrl)
  if (dotSegment.test(pathname) || (isPath && !target.pathname.startsWith(baseUrl.pathname))) {
    throw refused('holds a "." or ".." segment')
  }
  return target
}
