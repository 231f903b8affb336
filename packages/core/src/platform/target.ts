import { ConfigurationError } from '../errors.js'

/**
 * Where a call goes, or a ConfigurationError: the token must not reach another origin. A string is a path below the
 * base URL; a URL or a Request names the whole address and must have exactly the base URL's origin.
 */
export function resolveTarget(input: string | URL | Request, baseUrl: URL): URL {
  const target = typeof input === 'string' ? belowBase(input, baseUrl) : addressOf(input)
  if (target.origin !== baseUrl.origin || target.protocol !== baseUrl.protocol) {
    throw refused("leaves the base URL's origin")
  }
  if (target.username !== '' || target.password !== '') throw refused('holds user information')
  return target
}

const refused = (problem: string): ConfigurationError => new ConfigurationError([`input ${problem}`])

/** Control characters are dropped or trimmed by URL parsers, so that what was checked is not what is sent. */
const controls = /\p{Cc}/u

/** `.` and `..`, also percent-encoded, as one of the path's segments: the parser would climb, a reviewer would not see it. */
const dotSegment = /\/(\.|%2e){1,2}(\/|$)/i

function belowBase(path: string, baseUrl: URL): URL {
  if (!/^\/(?![/\\])/.test(path)) {
    throw refused('must be a path that begins with exactly one slash, or a URL, or a Request')
  }
  if (controls.test(path)) throw refused('holds a control character')
  const [pathname = ''] = path.split(/[?#]/, 1)
  if (pathname.includes('\\')) throw refused('holds a backslash, which URL parsers take for a slash')
  // "./" keeps the base URL's own path, and keeps a colon in the first segment from being read as a scheme.
  const target = new URL(`.${path}`, baseUrl)
  if (dotSegment.test(pathname) || !target.pathname.startsWith(baseUrl.pathname)) {
    throw refused('holds a "." or ".." segment')
  }
  return target
}

function addressOf(input: unknown): URL {
  // A copy, so that what is checked is what is sent. Only genuine objects: anything else would be turned into text
  // by `fetch`, at a moment of its own choosing.
  if (input instanceof URL) return new URL(input.href)
  if (input instanceof Request) return new URL(input.url)
  throw refused('must be a path, a URL or a Request')
}
