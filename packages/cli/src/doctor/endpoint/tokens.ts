import { printable } from '../../terminal/printable.js'
import { readCompact } from '../../tokens/compact-token.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'
import type { EndpointAnswer } from './send.js'
import { lookAt } from './source-lines.js'
import { type Target, tokenIn } from './target.js'

const id = 'endpoint-answer'
const tried = 'the answer with the token: its form, its life, what may keep it, and secrets in any answer'

/** The answer itself: what caches may do with it, and whether the token is one. */
export function tokens(target: Target): Check {
  return {
    id,
    title: 'endpoint: answer',
    run(context) {
      const leaks = leakedSecrets(target, context)
      if (target.baseline === undefined) {
        return leaks.length > 0
          ? leaks
          : result(id, 'skip', tried, 'needs a session that gets a token: --cookie or --header')
      }
      const problems = [
        ...leaks,
        ...otherTokens(target.baseline),
        ...cachingProblems(target.baseline, context),
        ...tokenProblems(target.baseline, target, context),
      ]
      return problems.length > 0
        ? problems
        : result(id, 'ok', tried, 'no-store, a widget token of the right form and life, no secret')
    },
  }
}

function leakedSecrets({ answers }: Target, { environment: { values } }: CheckContext): CheckResult[] {
  const text = answers.map(({ head, text }) => `${head}\n${text}`).join('\n')
  const secrets = ['TESOURO_CLIENT_SECRET', 'TESOURO_WIDGET_SECRET', 'TESOURO_SUBJECT_TOKEN_KEY'].filter(
    (name) => {
      const value = values[name]
      return value !== undefined && value.length >= 8 && text.includes(value)
    },
  )
  return secrets.map((name) =>
    result(
      id,
      'fail',
      tried,
      `an answer of the endpoint holds ${name}`,
      'Send the browser widgetToken and exp and nothing else; then change that secret: it is known now.',
    ),
  )
}

/** Names of what belongs to the backend. A CSRF token is the page's own. */
const backendName = /(?:access|subject|refresh|id)_?token$|secret$|private_?key$/i
/** Three or five parts, the first of them a JSON object in base64url. */
const compactToken = /^eyJ[\w-]*(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/

/** An access token in the page is the user's for every reader of the page. */
function* otherTokens({ json = {} }: EndpointAnswer): Generator<CheckResult> {
  const found = membersIn(json).find(
    ([name, value]) => value !== json.widgetToken && (backendName.test(name) || compactToken.test(value)),
  )
  if (found === undefined) return
  yield result(
    id,
    'fail',
    tried,
    `the answer holds another token or secret next to widgetToken, as ${printable(found[0], 40)}`,
    'Send the browser widgetToken and exp and nothing else: access tokens and subject tokens stay in the backend.',
  )
}

/** Members with text at every depth. */
function membersIn(value: unknown, deep = 0): [name: string, value: string][] {
  if (typeof value !== 'object' || value === null || deep > 8) return []
  return Object.entries(value).flatMap(([name, member]): [string, string][] =>
    typeof member === 'string' ? (member === '' ? [] : [[name, member]]) : membersIn(member, deep + 1),
  )
}

function* cachingProblems(baseline: EndpointAnswer, { terminal }: CheckContext): Generator<CheckResult> {
  const cacheControl = baseline.header('cache-control') ?? ''
  if (/\bno-store\b/i.test(cacheControl)) return
  const found =
    cacheControl === '' ? 'it has no Cache-Control' : 'its Cache-Control lets others keep the token'
  yield result(
    id,
    'fail',
    tried,
    `${found}: a cache may give one user's token to another (RFC 6749 §5.1)`,
    `Send Cache-Control: no-store on every answer.${lookAt(terminal.cwd, 'caching')}`,
  )
}

function* tokenProblems(
  baseline: EndpointAnswer,
  { own }: Target,
  { environment: { values }, terminal }: CheckContext,
): Generator<CheckResult> {
  const read = readCompact(String(tokenIn(baseline)))
  const { alg, enc } = read.kind === 'jwe' && 'json' in read.header ? read.header.json : {}
  if (alg !== 'A256KW' || enc !== 'A256GCM') {
    yield result(
      id,
      'fail',
      tried,
      'widgetToken is no widget token: the platform opens a JWE with A256KW and A256GCM only',
      'Send what mintWidgetToken returns.',
    )
    return
  }
  if (values.TESOURO_WIDGET_SECRET && own === 'unknown') {
    yield result(
      id,
      'fail',
      tried,
      'its token does not open with the TESOURO_WIDGET_SECRET that the doctor has read',
      'The running process has another one: restart it, or give its .env with --env. If it is the one that is wrong, widgets stay empty.',
    )
  }
  yield* expProblems(baseline.json?.exp, terminal.now() / 1_000)
}

function* expProblems(exp: unknown, now: number): Generator<CheckResult> {
  const warn = (found: string): CheckResult =>
    result(id, 'warn', tried, found, 'Send `exp` in seconds since the epoch, as mintWidgetToken returns it.')
  if (exp === undefined) yield warn('the answer has no exp, by which newer widgets know when to ask again')
  else if (typeof exp !== 'number') yield warn('exp is not a number')
  else if (exp > 1e11)
    yield warn('exp is in milliseconds: widgets take it for a day far away, and never ask again')
  else if (exp <= now) yield warn('exp has passed already: is the clock of the server right?')
  else if (exp - now > 660)
    yield warn(`exp is ${Math.round(exp - now)} s away: the platform takes 600 s at most`)
}
