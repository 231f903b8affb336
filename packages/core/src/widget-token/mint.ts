import { createJweEncrypter } from '#crypto'
import type { Call } from '../calls.js'
import type { Credentials, CredentialsHolder, Settings } from '../configuration/settings.js'
import type { JweEncrypter } from '../crypto/jwe-encrypter.js'
import { ConfigurationError } from '../errors.js'
import type { CheckedUser } from '../identity/check-user.js'
import { andThen } from '../lib/promises.js'
import { createSubjectToken, missingSubjectToken } from '../subject-token/create-subject-token.js'
import type { WidgetToken } from '../tokens.js'
import { widgetTokenPayload } from './payload.js'

/** The call for a token. Once it has ended, nothing is signed or sealed for it any longer. */
type MintingCall = Pick<Call, 'signal' | 'throwIfEnded'>

/** Mints widget tokens. Nothing goes to the platform, and where nothing has to be waited for, nothing is. */
export interface WidgetTokenMinter {
  /**
   * @throws ConfigurationError when a part that minting needs is missing
   * @throws SubjectTokenError when the subject token cannot be made or is not acceptable
   */
  mint(user: CheckedUser, call: MintingCall): WidgetToken | Promise<WidgetToken>
}

const shortestForeignLifeSeconds = 300

export function createWidgetTokenMinter(parts: {
  settings: Settings
  credentials: CredentialsHolder
  deadlineMs?: number
}): WidgetTokenMinter {
  const { settings, credentials: holder, deadlineMs } = parts
  const { subjectToken: source, widgetTokenLifetimeSeconds: lifetimeSeconds, clock, waitUntil } = settings
  // Credentials stay the same object until they change, so their key is imported once.
  const encrypters = new WeakMap<Credentials, JweEncrypter>()

  /** The credentials are read once: no token mixes old ones and new ones. */
  function encrypterFor(credentials: Credentials, user: CheckedUser): JweEncrypter {
    const known = encrypters.get(credentials)
    const problems: string[] = []
    if (credentials.widgetKey === undefined) problems.push(missingWidgetSecret(settings))
    if (source === undefined && user.subjectToken === undefined) problems.push(missingSubjectToken())
    if (problems.length > 0 || credentials.widgetKey === undefined) throw new ConfigurationError(problems)
    const encrypter = known ?? createJweEncrypter(credentials.widgetKey)
    if (known === undefined) encrypters.set(credentials, encrypter)
    return encrypter
  }

  return {
    mint(user, call) {
      return andThen(holder.current(call), (credentials) => {
        call.throwIfEnded()
        const encrypt = encrypterFor(credentials, user)
        const subjectToken = createSubjectToken({
          source,
          user,
          purpose: 'widget',
          lifetimeSeconds,
          minimumLifeSeconds: Math.min(shortestForeignLifeSeconds, lifetimeSeconds),
          clock,
          waitUntil,
          call,
          deadlineMs,
        })
        return andThen(subjectToken, ({ token, issuedAt, exp }) => {
          call.throwIfEnded()
          const expiresAt = Math.min(issuedAt + lifetimeSeconds, exp)
          const plaintext = widgetTokenPayload({
            user,
            credentials,
            subjectToken: token,
            issuedAt,
            expiresAt,
          })
          return andThen(encrypt(plaintext), (widgetToken) => ({ widgetToken, exp: expiresAt }))
        })
      })
    },
  }
}

/** Why these settings can mint for nobody, where that is known before the first mint. */
export function mintProblemOf(settings: Settings): string | undefined {
  const { credentials } = settings
  return credentials.fixed !== undefined && credentials.fixed.widgetKey === undefined
    ? missingWidgetSecret(settings)
    : undefined
}

function missingWidgetSecret({ credentials }: Settings): string {
  return credentials.fixed
    ? 'widgetSecret: is missing, and minting needs it: the 64 hex digits from onboarding (TESOURO_WIDGET_SECRET)'
    : 'credentials: its answer has no widgetSecret, and minting needs it: the 64 hex digits from onboarding'
}
