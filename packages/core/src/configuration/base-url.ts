import type { TesouroEnvironment } from './options.js'

const environments: { readonly [Name in TesouroEnvironment]: string } = {
  sandbox: 'https://api.sandbox.tesouro.com/',
  production: 'https://api.tesouro.com/',
}

/** The base URL of one of the platform's public environments. */
export function environmentUrl(name: unknown): URL | undefined {
  return typeof name === 'string' && Object.hasOwn(environments, name)
    ? new URL(environments[name as TesouroEnvironment])
    : undefined
}

/** The environments, for messages. */
export const environmentNames: readonly string[] = Object.keys(environments)

/** Whether a URL's host is this machine: plain `http:` is harmless there. */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}

/**
 * Reads a base URL. The text is looked at before the parser sees it, because the parser drops line breaks,
 * takes `\` for `/` and hides an empty query. The answer ends with a slash; a string says what is wrong. Secrets go over
 * `http:` only on this machine, unless `allowHttp` says that they are a sandbox's.
 */
export function readBaseUrl(value: unknown, allowHttp = false): URL | string {
  if (typeof value !== 'string') return 'must be a string'
  if (value === '') return 'is empty'
  if (value !== value.trim()) return 'has white space or a line break around it'
  if (/[\s\p{Cc}\\]/u.test(value)) return 'holds white space, a control character or a backslash'
  if (!/^https?:\/\/[^/]/i.test(value)) return 'must start with https:// and name a host'
  if (/^[^/]*\/\/[^/?#]*@/.test(value))
    return 'holds user info (something before an @): credentials have their own options'
  if (value.includes('?')) return 'has a query: give the base URL alone'
  if (value.includes('#')) return 'has a fragment: give the base URL alone'
  if (!URL.canParse(value)) return 'is not a URL'
  const url = new URL(value)
  if (url.protocol === 'http:' && !isLoopback(url) && !allowHttp) {
    return 'must be https: (http: is for loopback hosts, and with allowHttp: true for a sandbox in a container of its own)'
  }
  if (/\/openid\/connect\/token\/?$/.test(url.pathname)) {
    return 'is the token endpoint: give the base URL, without /openid/connect/token'
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** Reads the path of an endpoint below the base URL; a string says what is wrong. */
export function readPath(value: unknown, baseUrl: URL): URL | string {
  if (typeof value !== 'string') return 'must be a string'
  if (!/^\/(?![/\\])/.test(value)) return 'must be a path that begins with one /'
  if (/[\s\p{Cc}\\?#]/u.test(value))
    return 'holds white space, a control character, a backslash, a query or a fragment'
  const url = new URL(baseUrl.href.slice(0, -1) + value)
  return url.href.startsWith(baseUrl.href) ? url : 'leaves the base URL'
}
