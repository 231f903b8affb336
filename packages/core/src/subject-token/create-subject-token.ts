import { heardWithinMs } from '../cache/cache-access.js'
import { ConfigurationError, SubjectTokenError } from '../errors.js'
import type { CheckedUser } from '../identity/check-user.js'
import { askApplication } from '../lib/call-application.js'
import { type Clock, elapsedMs, momentOf } from '../lib/clock.js'
import { pause } from '../lib/deadline.js'
import { andThen } from '../lib/promises.js'
import { checkForeignToken } from './check-foreign-token.js'
import type {
  SubjectTokenContext,
  SubjectTokenEnvironment,
  SubjectTokenPurpose,
  SubjectTokenSource,
  SubjectTokenUser,
} from './source.js'

export interface SubjectTokenRequest extends SubjectTokenEnvironment {
  source: SubjectTokenSource | undefined
  user: CheckedUser
  purpose: SubjectTokenPurpose
  /** How long a token that is made here lives. */
  lifetimeSeconds: number
  /** How long a token that was made elsewhere has to live at least. Default: 30 for an exchange, 300 for a widget token. */
  minimumLifeSeconds?: number | undefined
  /** The call that the token is for. It makes its signal when that is first asked for: most sources need none. */
  call?: { readonly signal: AbortSignal } | undefined
  /** How long the application's function may take. */
  deadlineMs?: number | undefined
}

/** A subject token, and when it expires. */
export interface SubjectToken {
  token: string
  /** `iat` of a token made here, and when one made elsewhere was asked for; in seconds since the epoch. */
  issuedAt: number
  /** In seconds since the epoch. */
  exp: number
}

/**
 * Makes or fetches a new subject token for a user. The user's own wins over the source.
 *
 * @throws ConfigurationError when there is no source, or its key cannot be had
 * @throws SubjectTokenError when the token cannot be made or is not acceptable
 */
export function createSubjectToken(request: SubjectTokenRequest): SubjectToken | Promise<SubjectToken> {
  const { source, user, lifetimeSeconds, clock } = request
  const issuedAt = Math.floor(clock.now() / 1_000)
  const expiresAt = issuedAt + lifetimeSeconds
  if (user.subjectToken === undefined && source !== undefined && !source.foreign) {
    const context = new LocalContext(request, { issuedAt, expiresAt })
    return andThen(source.create(user, context), (token) => ({ token, issuedAt, exp: expiresAt }))
  }
  return foreignToken(request, { issuedAt, expiresAt })
}

const exchangeLifetimeSeconds = 300

/** The subject token of an exchange. Throws as {@link createSubjectToken}. */
export async function exchangeableToken(
  settings: SubjectTokenEnvironment & { subjectToken: SubjectTokenSource | undefined },
  user: CheckedUser,
  signal: AbortSignal,
): Promise<string> {
  const { subjectToken: source, clock, waitUntil } = settings
  signal.throwIfAborted()
  const { token } = await createSubjectToken({
    source,
    user,
    purpose: 'exchange',
    lifetimeSeconds: exchangeLifetimeSeconds,
    clock,
    waitUntil,
    call: { signal },
  })
  return token
}

/** What a source of this process is given. */
class LocalContext implements SubjectTokenContext {
  readonly purpose: SubjectTokenPurpose
  readonly issuedAt: number
  readonly expiresAt: number
  readonly clock: Clock
  readonly waitUntil: SubjectTokenEnvironment['waitUntil']
  readonly #call: SubjectTokenRequest['call']

  constructor(
    request: SubjectTokenRequest,
    { issuedAt, expiresAt }: { issuedAt: number; expiresAt: number },
  ) {
    this.purpose = request.purpose
    this.issuedAt = issuedAt
    this.expiresAt = expiresAt
    this.clock = request.clock
    this.waitUntil = request.waitUntil
    this.#call = request.call
  }

  get signal(): AbortSignal | undefined {
    return this.#call?.signal
  }
}

/** In so much time the event loop reads what has arrived. */
const turnMs = 25

/** One that was made elsewhere, checked. */
async function foreignToken(
  request: SubjectTokenRequest,
  times: { issuedAt: number; expiresAt: number },
): Promise<SubjectToken> {
  const { source, user, purpose, clock } = request
  const startedAt = momentOf(clock)
  const given = await askForToken(request, times)
  // If this process stood still, a logout elsewhere may have arrived and not been read yet.
  if (elapsedMs(clock, startedAt) > heardWithinMs) await pause(turnMs)
  const checked = checkForeignToken(given, {
    sub: user.sub,
    email: user.email,
    unsecured: user.subjectToken !== undefined && source?.unsecured === true,
    now: Math.floor(clock.now() / 1_000),
    minimumLifeSeconds: request.minimumLifeSeconds ?? (purpose === 'widget' ? 300 : 30),
  })
  return { ...checked, issuedAt: times.issuedAt }
}

/** What to say when there is nothing to make a subject token with. */
export function missingSubjectToken(): string {
  return (
    'subjectToken: is missing. Ask onboarding how your subject tokens are signed, and give ' +
    'signedSubjectToken(…), subjectTokenFrom(…), or unsecuredSubjectToken() where they confirmed unsigned ones'
  )
}

async function askForToken(
  request: SubjectTokenRequest,
  times: Pick<SubjectTokenContext, 'issuedAt' | 'expiresAt'>,
): Promise<unknown> {
  const { source, user, purpose, call, clock, waitUntil, deadlineMs = 5_000 } = request
  const own = user.subjectToken
  if (typeof own === 'string') return own
  if (own === undefined && source === undefined) throw new ConfigurationError([missingSubjectToken()])
  const name = own === undefined ? 'the subjectTokenFrom function' : 'the user.subjectToken function'
  return askApplication<unknown, unknown>(
    (inTime) =>
      own === undefined
        ? source?.create(withoutToken(user), { purpose, signal: inTime, clock, waitUntil, ...times })
        : own({ signal: inTime }),
    (token) => token,
    {
      ms: deadlineMs,
      signal: call?.signal,
      failure: (what) => new SubjectTokenError(`${name} ${what}`, { retryable: true }),
    },
  )
}

/** What a source is shown: a copy, since what it does to it is nobody else's concern. */
function withoutToken({ sub, email, tenant, claims, requestParameters }: CheckedUser): SubjectTokenUser {
  return { sub, email, tenant, claims, requestParameters }
}
