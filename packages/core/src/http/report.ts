import { isTesouroTokensError } from '../errors.js'
import { isInstance } from '../lib/is-kind.js'
import { networkCode } from '../lib/network-code.js'
import { isDevelopment } from '../lib/process-env.js'
import { undisturbed } from '../lib/promises.js'
import type { WidgetTokenRefusal } from './options.js'
import type { WidgetTokenProblemCode } from './problem.js'
import type { Mistake } from './refusal.js'

const warnEveryMs = 60_000
const longestMessage = 1_000

/** Tells `onError`; whatever that does, the answer stays the same. */
export function report<Request>(
  onError: ((error: unknown, request: Request) => void) | undefined,
  mistake: Mistake,
  request: Request,
): void {
  undisturbed(() =>
    onError === undefined ? console.error(describe(mistake)) : onError(mistake.error, request),
  )
}

/** Tells `onRefusal` of hints; without one the console, which a foreign page must not be able to fill. */
export function createHintTeller<Request>(
  onRefusal: ((refusal: WidgetTokenRefusal, request: Request) => void) | undefined,
): (code: WidgetTokenProblemCode, hint: string | undefined, request: Request) => void {
  const warnedAt = new Map<WidgetTokenProblemCode, number>()
  const warn = (code: WidgetTokenProblemCode, hint: string): void => {
    const now = performance.now()
    if (now - (warnedAt.get(code) ?? Number.NEGATIVE_INFINITY) < warnEveryMs) return
    warnedAt.set(code, now)
    console.warn(`tesouro-tokens: ${code}: ${hint}`)
  }
  return (code, hint, request) => {
    if (hint === undefined) return
    undisturbed(() => (onRefusal === undefined ? warn(code, hint) : onRefusal({ code, hint }, request)))
  }
}

/**
 * What is printed when there is no `onError`. Our own errors hold no secret. Another's message may hold
 * anything (a connection string, a session), so in production only its name and where it was thrown are shown.
 */
function describe({ error, from }: Mistake): string {
  const prefix = 'tesouro-tokens: the widget token endpoint failed:'
  if (isTesouroTokensError(error)) return `${prefix} ${error.name}: ${error.message}`
  const threw = from === undefined ? prefix : `${prefix} ${from} threw`
  if (!isInstance(error, Error)) return `${threw} something that is no Error${hidden}`
  const name = /^[A-Za-z_]{1,40}$/.test(error.name) ? error.name : 'Error'
  const said = isDevelopment() ? messageOf(error) : hidden
  return [`${threw} ${name}${said}`, ...likelyCause(error, from), ...framesOf(error)].join('\n')
}

const hidden = ' (its message is left out, since it may hold a secret: pass onError to see the error itself)'

function messageOf(error: Error): string {
  const message = error.message.slice(0, longestMessage).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  const code = networkCode(error)
  return `: ${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}`
}

/** V8's and JavaScriptCore's words for a member that is read of nothing, which is how a missing session shows. */
const readOfNothing = /^(Cannot read propert|(undefined|null) is not an object)/

function likelyCause(error: Error, from: Mistake['from']): string[] {
  if (from !== 'getUser' || error.name !== 'TypeError' || !readOfNothing.test(error.message)) return []
  return [
    '  getUser reads a member of something that is not there: is the session middleware mounted before this endpoint?',
  ]
}

/** The lines below the message, and none if the end of the message is unknown. */
function framesOf(error: Error): string[] {
  const heading = `${error.name}: ${error.message}\n`
  if (!error.stack?.startsWith(heading)) return []
  return error.stack
    .slice(heading.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
}
