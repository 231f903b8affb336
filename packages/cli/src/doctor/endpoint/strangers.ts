import { type Check, type CheckResult, result } from '../check.js'
import { identityAttacks, unsignedBearer } from './attacks.js'
import { otherSpelling } from './redirect.js'
import type { EndpointAnswer, EndpointRequest } from './send.js'
import { lookAt } from './source-lines.js'
import { type Target, tokenIn } from './target.js'

const id = 'endpoint-session'
const tried = 'asking without a session, also under the name of a user'

/** Nobody is signed in: there must be no token. */
export function strangers(target: Target): Check {
  return {
    id,
    title: 'endpoint: session',
    async run({ terminal }) {
      const own = { headers: { 'sec-fetch-site': 'same-origin' } }
      const requests: readonly (readonly [place: string, request: EndpointRequest])[] = [
        ['nothing at all', own],
        ['an unsigned JWT as bearer token', unsignedBearer],
        ...identityAttacks.map(({ place, request }) => [place, request] as const),
      ]
      let first: EndpointAnswer | undefined
      for (const [place, request] of requests) {
        const answer = await target.send({ ...request, headers: { ...own.headers, ...request.headers } })
        if ('failed' in answer) continue
        first ??= answer
        if (tokenIn(answer) === undefined) continue
        return result(
          id,
          'fail',
          tried,
          `it mints for a stranger who sends ${place}: anybody can be anybody`,
          `getUser may read only your own session, and returns null where there is none.${lookAt(terminal.cwd, place.includes('query') ? 'query' : 'body')}`,
        )
      }
      return verdict(first, target.options.url)
    },
  }
}

function verdict(answer: EndpointAnswer | undefined, url: URL): CheckResult {
  const status = answer?.status
  if (answer === undefined || status === undefined)
    return result(id, 'skip', tried, 'it ends connections without an answer')
  if (status === 401) return result(id, 'ok', tried, `${identityAttacks.length + 2} ways, no token: 401`)
  if (status === 404) return result(id, 'skip', tried, 'there is no such route')
  if (otherSpelling(answer, url) !== undefined)
    return result(id, 'skip', tried, 'the endpoint is at another address')
  if (status >= 300 && status < 400) {
    return result(
      id,
      'warn',
      tried,
      `a stranger is sent to another page (${status}), which a widget takes for a broken answer`,
      'Answer 401: leave this route out of the middleware that redirects.',
    )
  }
  if (status >= 500)
    return result(
      id,
      'warn',
      tried,
      `a stranger is answered ${status} instead of 401: something throws where nobody is signed in`,
      'getUser returns null where there is no session.',
    )
  return result(id, 'ok', tried, `${identityAttacks.length + 2} ways, no token: ${status}`)
}
