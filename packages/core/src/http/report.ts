import { isTesouroTokensError } from '../errors.js'

/** Tells `onError`; whatever that does, the answer stays the same. */
export function report<Request>(
  onError: ((error: unknown, request: Request) => void) | undefined,
  error: unknown,
  request: Request,
): void {
  try {
    const answer: unknown = onError === undefined ? console.error(describe(error)) : onError(error, request)
    Promise.resolve(answer).catch(() => {})
  } catch {
    // a logger that throws harms nothing
  }
}

/**
 * What is printed when there is no `onError`. Our own errors hold no secret. Another's message may hold
 * anything (a connection string, a session), so only its name and where it was thrown are shown.
 */
function describe(error: unknown): string {
  const prefix = 'tesouro-tokens: the widget token endpoint failed:'
  if (isTesouroTokensError(error)) return `${prefix} ${error.name}: ${error.message}`
  const hint = '(pass onError to see the error itself)'
  if (!(error instanceof Error)) return `${prefix} a ${typeof error} was thrown ${hint}`
  const name = /^[A-Za-z_]{1,40}$/.test(error.name) ? error.name : 'Error'
  return [`${prefix} ${name} ${hint}`, ...framesOf(error)].join('\n')
}

/** The lines below the message, and none if it cannot be told where the message ends. */
function framesOf(error: Error): string[] {
  const heading = `${error.name}: ${error.message}\n`
  if (!error.stack?.startsWith(heading)) return []
  return error.stack
    .slice(heading.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
}
