import type { EndpointAnswer } from './send.js'

/**
 * The address under which a server expects requests to the endpoint, where it redirects to nothing else: with or without a
 * slash at the end, by https:, under another host. `undefined` for any other answer.
 */
export function otherSpelling({ status, header }: EndpointAnswer, url: URL): URL | undefined {
  const location = header('location')
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, url.href))
    return undefined
  const target = new URL(location, url)
  return bare(target.pathname) === bare(url.pathname) && target.href !== url.href ? target : undefined
}

const bare = (pathname: string): string => pathname.replace(/\/+$/, '')
