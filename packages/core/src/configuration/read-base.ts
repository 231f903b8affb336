import type { Problems } from '../lib/problems.js'
import { environmentNames, environmentUrl, readBaseUrl } from './base-url.js'

type Given = { readonly [name: string]: unknown }

/** The base URL that the options name: one of the public environments, or another. */
export function readBase({ environment, baseUrl, allowHttp }: Given, problems: Problems): URL | undefined {
  const http = readAllowHttp(allowHttp, problems)
  if (environment !== undefined && baseUrl !== undefined) {
    problems.add('environment', 'is given beside the base URL: exactly one of the two is wanted')
  }
  if (baseUrl !== undefined) {
    const url = readBaseUrl(baseUrl, http)
    if (url instanceof URL) return url
    problems.add('baseUrl', url)
    return undefined
  }
  const url = environmentUrl(environment)
  const wanted = environmentNames.map((name) => `'${name}'`).join(' or ')
  if (url === undefined) {
    const text = environment === undefined ? `is missing: give ${wanted}, or a base URL` : `must be ${wanted}`
    problems.add('environment', text)
  }
  return url
}

function readAllowHttp(value: unknown, problems: Problems): boolean {
  if (value === undefined || value === false) return false
  if (value !== true) problems.add('allowHttp', 'must be true or false')
  else if (isProduction()) {
    problems.add(
      'allowHttp',
      'is refused where NODE_ENV is production: secrets would cross the network readable',
    )
  }
  return true
}

function isProduction(): boolean {
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } }
  return process?.env?.NODE_ENV === 'production'
}
