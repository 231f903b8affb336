import type { Secrets } from '../../terminal/secrets.js'
import { UsageError } from '../../terminal/usage-error.js'
import { isLoopback } from '../../tokens/loopback.js'

/** Where the user's own endpoint is, and how a signed-in page of theirs asks it. */
export interface EndpointOptions {
  url: URL
  /** Headers of somebody who is signed in; empty: nobody is. */
  session: readonly (readonly [name: string, value: string])[]
  /** The origin of the page with the widget. */
  origin: string
}

/** As they stand on the command line. */
export interface EndpointArguments {
  endpoint?: string
  cookie?: string
  header?: string[]
  origin?: string
  yesItIsMine?: boolean
}

/**
 * Reads the options of the attack. Hosts that are not this machine are refused unless their owner says so.
 *
 * @throws UsageError
 */
export function endpointOptionsOf(given: EndpointArguments, secrets: Secrets): EndpointOptions | undefined {
  const { endpoint, cookie, header = [], origin, yesItIsMine } = given
  secrets.add('cookie', cookie)
  for (const part of cookie?.split(/;\s*/) ?? []) secrets.add('cookie', part.slice(part.indexOf('=') + 1))
  const headers = header.map((line) => headerOf(line, secrets))
  if (endpoint === undefined) {
    if (cookie !== undefined || header.length > 0 || origin !== undefined) {
      throw new UsageError('--cookie, --header and --origin belong to --endpoint, which is missing')
    }
    return undefined
  }
  const url = urlOf(endpoint)
  if (!isLoopback(url) && !yesItIsMine) {
    throw new UsageError(
      `--endpoint: ${secrets.foreign(url.host)} is not this machine. What follows is an attack: add --yes-it-is-mine if it is your own, or start it on localhost`,
    )
  }
  const session =
    cookie === undefined ? headers : [['cookie', checked('--cookie', cookie)] as const, ...headers]
  return { url, session, origin: origin === undefined ? url.origin : originOf(origin) }
}

function urlOf(text: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('--endpoint must be a URL such as http://localhost:3000/api/tesouro/widget-token')
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      '--endpoint holds user info (something before an @): give it as --header "authorization: Basic …"',
    )
  }
  url.hash = ''
  return url
}

function headerOf(line: string, secrets: Secrets): readonly [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, colon).trim().toLowerCase()
  const value = line.slice(colon + 1).trim()
  if (colon < 1 || !/^[\w!#$%&'*+.^`|~-]{1,60}$/.test(name))
    throw new UsageError('--header must be "name: value"')
  secrets.add(`header ${name}`, value)
  secrets.add(`header ${name}`, value.replace(/^\w+\s+/, ''))
  return [name, checked('--header', value)]
}

function checked(option: string, value: string): string {
  if (/[^\x20-\x7e\x80-\xff\t]/.test(value))
    throw new UsageError(`${option} holds a line break or a character that no header has`)
  return value
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.origin === 'null') {
    throw new UsageError('--origin must be written as browsers send it: https://app.example.com')
  }
  return url.origin
}
