import type { Clock } from '../lib/clock.js'
import type { JsonValue, TesouroUser } from '../user.js'

/** What a subject token is for. */
export type SubjectTokenPurpose = 'exchange' | 'widget'

/** What a source needs of its surroundings: the settings of the instance that asks fit. */
export interface SubjectTokenEnvironment {
  /** Where the time comes from. */
  clock: Clock
  /** Keeps a renewal of the key alive after the response. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** What a source receives in addition to the user. */
export interface SubjectTokenContext extends SubjectTokenEnvironment {
  /** Whether it is exchanged here, or goes into a widget token. */
  purpose: SubjectTokenPurpose
  /** Aborted when nobody waits any longer; `undefined` where the caller can not say so. */
  signal?: AbortSignal | undefined
  /** `iat` of the token, in seconds since the epoch. */
  issuedAt: number
  /** `exp` of the token, in seconds since the epoch. */
  expiresAt: number
}

/**
 * Where subject tokens come from. Made by `signedSubjectToken`, `unsecuredSubjectToken` or `subjectTokenFrom`,
 * and given to the `subjectToken` option.
 */
export interface SubjectTokenSource {
  /** Whether tokens without a signature (`alg: none`) are this source's kind. */
  readonly unsecured: boolean
  /** Whether what `create` gives has to be checked, because it was made elsewhere. */
  readonly foreign: boolean
  /** Checks what needs waiting, such as importing a key. */
  ready(environment: SubjectTokenEnvironment): Promise<void>
  /** Gives a compact JWT for this user. */
  create(user: SubjectTokenUser, context: SubjectTokenContext): string | Promise<string>
}

/** The user as a source sees it: checked, and a copy. */
export type SubjectTokenUser = Readonly<Omit<TesouroUser, 'subjectToken'>> & {
  readonly claims?: { readonly [name: string]: JsonValue } | undefined
}
