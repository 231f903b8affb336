import { type Check, type CheckResult, result } from '../check.js'
import { foreignPages, preflight } from './attacks.js'
import { lookAt } from './source-lines.js'
import { isLimited, limitReached, type Target, tokenIn } from './target.js'

const id = 'endpoint-origin'
const tried = "asking as a page of another origin, with the user's cookies"

/** Pages of others must get no token, and may read no answer. */
export function origins(target: Target): Check {
  return {
    id,
    title: 'endpoint: origins',
    async run({ terminal }) {
      const { url, origin } = target.options
      const advice = lookAt(terminal.cwd, 'origin')
      const pages = foreignPages(url, origin).filter(([, headers]) => headers.origin !== origin)
      const fail = (found: string, todo: string): CheckResult =>
        result(id, 'fail', tried, found, `${todo}${advice}`)
      for (const [name, headers] of pages) {
        const asked = await target.send({ method: 'OPTIONS', headers: { ...headers, ...preflight } })
        if (!('failed' in asked) && headers.origin !== undefined) {
          const allowed = asked.header('access-control-allow-origin')
          if (
            allowed === headers.origin ||
            (allowed === '*' && asked.header('access-control-allow-credentials') === 'true')
          ) {
            return fail(
              `${name} is allowed by CORS, with whatever it sends`,
              'Name your origins one by one in allowedOrigins, and compare them as a whole: no *, no reflection, no "ends with".',
            )
          }
        }
        if (target.baseline === undefined) continue
        const answer = await target.sendSignedIn({ headers })
        if (isLimited(answer)) return result(id, 'skip', tried, limitReached)
        if (tokenIn(answer) === undefined) continue
        return fail(
          `${name} gets a token of the signed-in user`,
          'Let the endpoint of this library decide about origins, or check Origin and Sec-Fetch-Site as it does.',
        )
      }
      return target.baseline === undefined
        ? result(
            id,
            'skip',
            tried,
            'CORS lets no other page in; whether a token would be minted needs --cookie or --header',
          )
        : result(id, 'ok', tried, `${pages.length} kinds of pages, no token`)
    },
  }
}
