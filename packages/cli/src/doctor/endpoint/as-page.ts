import { printable } from '../../terminal/printable.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import { preflight } from './attacks.js'
import { findElsewhere } from './elsewhere.js'
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
          'it is there and refuses strangers; for the rest give --cookie or --header of somebody who is signed in',
        )
      }
      target.baseline = answer
      target.own = (await target.whose(answer)) ?? 'unknown'
      return [
        ...corsProblems(target, answer, context, tried),
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

function* corsProblems(
  target: Target,
  answer: EndpointAnswer,
  _context: CheckContext,
  tried: string,
): Generator<CheckResult> {
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
  if ('failed' in answer) return result(id, 'fail', tried, ...unreachable(answer.failed, target.options.url))
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
  return result(id, 'fail', tried, ...(await refused(answer, target, context)))
}

function unreachable(failed: string, url: URL): [found: string, ...todo: string[]] {
  switch (failed) {
    case 'ECONNREFUSED':
      return [
        `nothing listens at ${url.host} (ECONNREFUSED)`,
        'Start your application, or correct the port in --endpoint.',
      ]
    case 'timeout':
      return [
        'it accepts the connection and does not answer within 5 s',
        'A middleware in front never calls next(), or waits for a body that something else has read: mount the endpoint first and try again.',
      ]
    case 'ECONNRESET':
    case 'unknown':
      return [
        `it ends the connection without an answer (${failed})`,
        `Is it ${url.protocol === 'http:' ? 'https' : 'http'}: there? Else the process has crashed: read its log.`,
      ]
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return ['what answers speaks no TLS', 'Write http: in --endpoint.']
    default:
      return [`it cannot be reached (${failed})`, 'Check host and port in --endpoint.']
  }
}

type Explanation = readonly [found: string, ...todo: string[]]

async function refused(
  answer: EndpointAnswer,
  target: Target,
  { terminal: { cwd } }: CheckContext,
): Promise<Explanation> {
  const { status } = answer
  const code = problemCode(answer)
  const byCode = code === undefined ? undefined : explainedCode(code, target, cwd)
  if (byCode !== undefined) return [`it answers ${status} ${code}: ${byCode[0]}`, ...byCode.slice(1)]
  if (status >= 300 && status < 400) {
    return [
      `it answers with a redirect (${status})${loginOf(answer, target)}: something in front does not take the session for signed in`,
      'Let the endpoint answer 401 instead of redirecting: a widget cannot sign in. Check --cookie: copy it from the browser, where it works.',
    ]
  }
  const html = (answer.header('content-type') ?? '').startsWith('text/html')
  if (status === 200 && html) {
    return [
      'it answers with a web page: the front-end server takes every path for itself',
      'Ask the port of your backend, or let the front-end server pass /api on to it.',
    ]
  }
  if (status >= 200 && status < 300) {
    const names = Object.keys(answer.json ?? {})
      .slice(0, 8)
      .map((name) => target.shown(name, 30))
    return [
      `it answers ${status} without a widgetToken${names.length > 0 ? ` (members: ${names.join(', ')})` : ''}`,
      'The widgets want { "widgetToken": "…", "exp": 1700000000 }: does an interceptor or a filter wrap the answer?',
    ]
  }
  if (status === 404)
    return [
      `there is no such route (404)${await findElsewhere(target)}`,
      `The mount path and /widget-token together make the address.${lookAt(cwd, 'mount')}`,
    ]
  if (status === 405)
    return [
      `it does not take POST (405${answer.header('allow') === undefined ? '' : `, it allows ${target.shown(answer.header('allow') ?? '', 40)}`})`,
      `Export or mount POST: for Next.js, \`export const { POST, OPTIONS } = widgetTokenRoute(…)\`.${lookAt(cwd, 'mount')}`,
    ]
  if (status === 401)
    return [
      'it answers 401, but not as this library does: something in front refuses the session',
      'Check --cookie or --header, and guards or middleware in front of the endpoint.',
    ]
  if (status === 403)
    return [
      'it answers 403, but not as this library does: something in front refuses it, such as CSRF protection',
      'Leave this route out of CSRF middleware: the endpoint has a rule about origins of its own.',
    ]
  if (status === 400 || status === 415)
    return [
      `it answers ${status} to a request without a body: a parser in front of the endpoint wants one`,
      'Mount the endpoint before the body parser, or send no content type where there is no body.',
    ]
  return [
    `it answers ${status}: ${status >= 500 ? 'an exception that nothing has caught' : 'that is no answer of this endpoint'}`,
    'Read the log of your server.',
  ]
}

function explainedCode(code: string, target: Target, cwd: string): Explanation | undefined {
  const { origin } = target.options
  switch (code) {
    case 'not_signed_in':
      return [
        'getUser gave nobody for this session',
        `Is the session middleware mounted before the endpoint? Does getUser read what your sign-in writes? Is --cookie still good?${lookAt(cwd, 'session')}`,
      ]
    case 'origin_not_allowed':
      return [
        `a page of ${origin} may not ask`,
        `Name it: allowedOrigins: ['${origin}'].${lookAt(cwd, 'origin')}`,
        "If it is the same host: a proxy changes the Host header. Express: app.set('trust proxy', …).",
      ]
    case 'user_not_eligible':
      return [
        'the user that getUser gives has no sub or no email',
        `Give { sub, email } with the names that they have in your session.${lookAt(cwd, 'session')}`,
      ]
    case 'misconfigured':
      return [
        'getUser or the tokens have thrown',
        `Read the log of your server: onError was told what. Often the session middleware is missing, so that getUser reads a member of undefined.${lookAt(cwd, 'session')}`,
      ]
    case 'temporarily_unavailable':
      return ['the provider of keys, credentials or subject tokens is down', 'Read the log of your server.']
    case 'unsupported_media_type':
    case 'invalid_body':
      return [
        'it takes a request without a body for one with a body',
        'Something in front of the endpoint makes a body of nothing: mount the endpoint first.',
      ]
    default:
      return undefined
  }
}

function loginOf(answer: EndpointAnswer, target: Target): string {
  const location = answer.header('location')
  if (location === undefined || !URL.canParse(location, 'http://x')) return ''
  return ` to ${target.shown(new URL(location, 'http://x').pathname, 60)}`
}

function said(answer: EndpointAnswer, target: Target): string {
  const code = problemCode(answer)
  return code === undefined ? '' : ` ${target.shown(code, 40)}`
}
