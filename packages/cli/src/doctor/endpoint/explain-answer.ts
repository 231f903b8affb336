import type { CheckContext } from '../check.js'
import { findElsewhere } from './elsewhere.js'
import { otherSpelling } from './redirect.js'
import type { EndpointAnswer } from './send.js'
import { lookAt } from './source-lines.js'
import { problemCode, type Target } from './target.js'

/** Why there was no answer. */
export function explainSilence(failed: string, url: URL): [found: string, ...todo: string[]] {
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

/** What a refusal of the page says about the wiring, and what to do. */
export async function explainAnswer(
  answer: EndpointAnswer,
  target: Target,
  { terminal: { cwd } }: CheckContext,
): Promise<Explanation> {
  const { status } = answer
  const code = problemCode(answer)
  const byCode = code === undefined ? undefined : explainedCode(code, target, cwd)
  if (byCode !== undefined) return [`it answers ${status} ${code}: ${byCode[0]}`, ...byCode.slice(1)]
  const spelling = otherSpelling(answer, target.options.url)
  if (spelling !== undefined) {
    const { origin, pathname } = spelling
    return [
      `it answers with a redirect (${status}) to the same endpoint under another address`,
      `Ask ${target.shown(origin + pathname, 200)}, and give the page that address too: browsers follow no redirect of a preflight, and not every one with a POST.`,
    ]
  }
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
      'Widgets need { "widgetToken": "…", "exp": 1700000000 }: does an interceptor or a filter wrap the answer?',
    ]
  }
  if (status === 404) {
    return [
      `there is no such route (404)${await findElsewhere(target)}`,
      `Express: the mount path and /widget-token together make the address. Nest: path, below the global prefix. Next: the folder of route.ts.${lookAt(cwd, 'mount')}`,
    ]
  }
  return byStatus(answer, target, cwd)
}

/** Refusals that the library's endpoint does not give: something in front of it does. */
function byStatus(answer: EndpointAnswer, target: Target, cwd: string): Explanation {
  const { status } = answer
  const allow = answer.header('allow')
  if (status === 405)
    return [
      `it does not take POST (405${allow === undefined ? '' : `, it allows ${target.shown(allow, 40)}`})`,
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
      `it answers ${status} to a request without a body: a parser in front of the endpoint needs one`,
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
        'getUser returned nobody for this session',
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
        'the user that getUser returns has no sub or no email',
        `Give { sub, email } with the names that they have in your session.${lookAt(cwd, 'session')}`,
      ]
    case 'misconfigured':
      return [
        'getUser or the tokens have thrown',
        `Read the log of your server: onError received the error. Often the session middleware is missing, so that getUser reads a member of undefined.${lookAt(cwd, 'session')}`,
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
