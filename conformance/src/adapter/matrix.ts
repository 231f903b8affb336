import type { OutgoingHttpHeaders } from 'node:http'
import type { RawRequest } from './client.js'

// Every combination of what decides whether a cross-site request may mint. The verdicts are a table of their
// own, so that a mistake in the rule is not repeated here.

const sites = [undefined, 'same-origin', 'none', 'same-site', 'cross-site', 'Same-Origin'] as const
type Site = (typeof sites)[number]

/** Which values of Sec-Fetch-Site pass beside which Origin, in the scenario `origins`. `OWN` stands for the endpoint's own host. */
const passing: readonly [origin: string | undefined, sites: readonly Site[]][] = [
  [undefined, [undefined, 'same-origin', 'none']],
  ['http://OWN', [undefined, 'same-origin', 'none']],
  ['https://app.example', sites],
  ['capacitor://localhost', sites],
  ['https://evil.example', ['same-origin', 'none']],
  ['https://app.example.evil.example', ['same-origin', 'none']],
  ['http://OWN.evil.example', ['same-origin', 'none']],
  ['null', ['same-origin', 'none']],
]
const allowed: readonly (string | undefined)[] = ['https://app.example', 'capacitor://localhost']

const contentTypes = [
  [undefined, false],
  ['application/json', true],
  ['Application/JSON; charset=utf-8', true],
  ['text/plain', false],
  ['application/x-www-form-urlencoded', false],
] as const

const bodies = [
  [undefined, 'own'],
  ['{"userId":"alice","userEmail":"alice@example.com"}', 'own'],
  ['{"userId":"bob","userEmail":"bob@example.com"}', 'other'],
] as const

const methods = ['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS'] as const

/** One combination, and what has to come of it. */
export interface Cell {
  name: string
  /** Method, origin, Sec-Fetch-Site, type and body, as in the lists above. */
  choices: readonly (string | undefined)[]
  request: RawRequest
  status: number
  /** Why it is refused; `undefined` where it is not. */
  code: string | undefined
  /** The origin that may read the answer; `undefined`: CORS headers must be absent. */
  readable: string | undefined
}

export function* matrix(ownHost: string, session: OutgoingHttpHeaders): Generator<Cell> {
  for (const method of methods)
    for (const [originTemplate, passingSites] of passing)
      for (const site of sites)
        for (const [contentType, isJson] of contentTypes)
          for (const [body, whose] of bodies) {
            const origin = originTemplate?.replace('OWN', ownHost)
            const headers: OutgoingHttpHeaders = { ...session }
            if (origin !== undefined) headers.origin = origin
            if (site !== undefined) headers['sec-fetch-site'] = site
            if (contentType !== undefined) headers['content-type'] = contentType
            const originPasses = passingSites.includes(site)
            const [status, code] = verdict(method, originPasses, body === undefined || isJson, whose)
            yield {
              choices: [method, originTemplate, site, contentType, body],
              name: `${method} origin=${origin} site=${site} type=${contentType} body=${body}`,
              request: { method, headers, ...(body === undefined ? {} : { body }) },
              status,
              code,
              readable: status !== 405 && allowed.includes(origin) ? origin : undefined,
            }
          }
}

/**
 * A seventh of the combinations, in which every three choices of different kinds meet: 7 divides none of the numbers of
 * choices. `conformance/test/matrix.test.ts` holds that.
 */
export function sampleOf(cells: readonly Cell[]): Cell[] {
  return cells.filter((_, index) => index % 7 === 0)
}

function verdict(
  method: string,
  originPasses: boolean,
  typePasses: boolean,
  whose: 'own' | 'other',
): [status: number, code: string | undefined] {
  if (method !== 'POST' && method !== 'OPTIONS') return [405, 'method_not_allowed']
  if (!originPasses) return [403, 'origin_not_allowed']
  if (method === 'OPTIONS') return [204, undefined]
  if (!typePasses) return [415, 'unsupported_media_type']
  return whose === 'own' ? [200, undefined] : [403, 'identity_mismatch']
}
