import { printable } from '../../terminal/printable.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import { preflight } from './attacks.js'
import { explainAnswer, explainSilence } from './explain-answer.js'
import type { EndpointAnswer, Sent } from './send.js'
import { lookAt } from './source-lines.js'
import { problemCode, type Target, tokenIn } from './target.js'

const id = 'endpoint'

/** Asks as the user's own page does. Without a session only whether the endpoint is there. */
export function asPage(target: Target): Check {
  return {
    id,
    title: 'endpoint: page',
    async run(context) {
      const { url, origin } = target.options
      const tried = `POST ${printable(url.pathname)} as a page of ${origin} does`
      const preflighted = await preflightProblem(target, context, tried)
      const answer = await target.sendSignedIn({ headers: target.pageHeaders })
      if (target.signedIn || !isRefusalOfStrangers(answer)) {
        const problem = await problemOf(answer, target, context, tried)
        if (problem !== undefined) return preflighted === undefined ? problem : [preflighted, problem]
      }
      if (preflighted !== undefined) return preflighted
      if ('failed' in answer || !target.signedIn) {
        return result(
          id,
          'skip',
          tried,
          'it is there and refuses strangers; for the rest give --cookie or --header of a signed-in user',
        )
      }
      target.baseline = answer
      target.own = (await target.whose(answer)) ?? 'unknown'
      return [
        ...corsProblems(target, answer, tried),
        ...(await ownBody(target, tried)),
        result(id, 'ok', tried, 'it gets a widget token'),
      ].slice(0, 3)
    },
  }
}

const isRefusalOfStrangers = (answer: Sent): boolean => !('failed' in answer) && answer.status === 401

/** A page of another origin may ask only if a preflight says so. */
async function preflightProblem(
  target: Target,
  { terminal }: CheckContext,
  tried: string,
): Promise<CheckResult | undefined> {
  const { origin, url } = target.options
  if (origin === url.origin) return undefined
  const answer = await target.send({ method: 'OPTIONS', headers: { ...target.pageHeaders, ...preflight } })
  if ('failed' in answer) return undefined
  const fail = (found: string): CheckResult =>
    result(
      id,
      'fail',
      tried,
      found,
      `Name the origin: allowedOrigins: ['${origin}'].${lookAt(terminal.cwd, 'origin')}`,
      'Or serve the page and the endpoint from one origin, by a proxy of your front-end server.',
    )
  if (answer.header('access-control-allow-origin') !== origin) {
    return fail(
      `the browser asks first whether a page of ${origin} may, and is not told so (status ${answer.status}): the page gets nothing`,
    )
  }
  if (answer.header('access-control-allow-credentials') !== 'true')
    return fail('the preflight does not allow cookies, so the session never arrives')
  return undefined
}

function* corsProblems(target: Target, answer: EndpointAnswer, tried: string): Generator<CheckResult> {
  const { origin, url } = target.options
  if (origin === url.origin || answer.header('access-control-allow-origin') === origin) return
  yield result(
    id,
    'fail',
    tried,
    `the answer does not let a page of ${origin} read it: it has no Access-Control-Allow-Origin for it`,
    `Name the origin: allowedOrigins: ['${origin}'].`,
  )
}

/** EmbeddedProvider posts whom the page believes to be signed in. */
async function ownBody(target: Target, tried: string): Promise<CheckResult[]> {
  if (target.own === 'unknown') return []
  const { sub, email } = target.own
  const answer = await target.sendSignedIn({
    headers: { ...target.pageHeaders, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: sub, userEmail: email }),
  })
  if ('failed' in answer || tokenIn(answer) !== undefined || answer.status === 429) return []
  const found = `with the body that EmbeddedProvider posts, { userId, userEmail } of the signed-in user, it answers ${answer.status}${said(answer, target)}`
  return [
    result(id, 'fail', tried, found, 'Let the endpoint take a JSON body, and compare it with the session.'),
  ]
}

async function problemOf(
  answer: Sent,
  target: Target,
  context: CheckContext,
  tried: string,
): Promise<CheckResult | undefined> {
  if ('failed' in answer)
    return result(id, 'fail', tried, ...explainSilence(answer.failed, target.options.url))
  if (tokenIn(answer) !== undefined) return undefined
  if (answer.status === 429) {
    return result(
      id,
      'warn',
      tried,
      `the mint limit of this user is reached (429): nothing else can be tried now`,
      `Wait ${target.shown(answer.header('retry-after') ?? '60', 10)} s.`,
    )
  }
  return result(id, 'fail', tried, ...(await explainAnswer(answer, target, context)))
}

function said(answer: EndpointAnswer, target: Target): string {
  const code = problemCode(answer)
  return code === undefined ? '' : ` ${target.shown(code, 40)}`
}
