import type { TesouroEnvironment } from './options.js'

/** The platform's public environments. */
const environments: { readonly [Name in TesouroEnvironment]: string } = {
  sandbox: 'https://api.sandbox.tesouro.com/',
  production: 'https://api.tesouro.com/',
}

function environmentUrl(name: unknown): URL | undefined {
  return typeof name === 'string' && Object.hasOwn(environments, name)
    ? new URL(environments[name as TesouroEnvironment])
    : undefined
}

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
 * What is wrong with a base URL, whatever `http:` may do. The text is looked at before the parser sees it, because the
 * parser drops line breaks, takes `\` for `/` and hides an empty query.
 */
export function baseUrlProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (value === '') return 'is empty'
  if (value !== value.trim()) return 'has white space or a line break around it'
  if (/[\s\p{Cc}\\]/u.test(value)) return 'holds white space, a control character or a backslash'
  if (!/^https?:\/\/[^/]/i.test(value)) return 'must start with https:// and name a host'
  if (/^[^/]*\/\/[^/?#]*@/.test(value))
    return 'holds user info (something before an @): credentials have their own options'
  if (value.includes('?')) return 'has a query: give only the base URL'
  if (value.includes('#')) return 'has a fragment: give only the base URL'
  if (!URL.canParse(value)) return 'is not a URL'
  if (/\/openid\/connect\/token\/?$/.test(new URL(value).pathname)) {
    return 'is the token endpoint: give the base URL, without /openid/connect/token'
  }
  return undefined
}

/** The base URL that the options name, if they name one. It ends with a slash. */
export function baseUrlOf({
  environment,
  baseUrl,
}: {
  environment?: unknown
  baseUrl?: unknown
}): URL | undefined {
  if (baseUrl === undefined) return environmentUrl(environment)
  if (baseUrlProblem(baseUrl) !== undefined) return undefined
  const url = new URL(String(baseUrl))
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** What is wrong with the path of an endpoint below the base URL. */
export function pathProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (!/^\/(?![/\\])/.test(value)) return 'must be a path that begins with one /'
  if (/[\s\p{Cc}\\?#]/u.test(value))
    return 'holds white space, a control character, a backslash, a query or a fragment'
  return undefined
}

/** The URL of a path below the base URL; `undefined` where the path leaves the base URL. */
export function urlBelow(baseUrl: URL, path: string): URL | undefined {
  const url = new URL(baseUrl.href.slice(0, -1) + path)
  return url.href.startsWith(baseUrl.href) ? url : undefined
}
