import type { AccessTokens } from './access-tokens/access-tokens.js'
import type { Logout, Logouts } from './access-tokens/logout.js'
import type { CacheAccess } from './cache/cache-access.js'
import type { Calls } from './calls.js'
import { Readiness } from './configuration/readiness.js'
import type { CredentialsHolder, Settings } from './configuration/settings.js'
import { ClosedError, ConfigurationError, isTesouroTokensError } from './errors.js'
import { createEndpointHook, type EndpointHook, endpointHook, mintProblem } from './http/hook.js'
import { type CheckedUser, checkForgetUser, checkUser } from './identity/check-user.js'
import type { CacheNames, VariantParts, Who } from './identity/token-key.js'
import { type Moment, momentOf } from './lib/clock.js'
import { SharedAbort } from './lib/deadline.js'
import { ownMembers } from './lib/given.js'
import { andThen, isPromise } from './lib/promises.js'
import { sum } from './lib/sum.js'
import { lateness, type Observer } from './observer.js'
import type { PlatformFetch, TokenGetter } from './platform/platform-fetch.js'
import { exchangeableToken } from './subject-token/create-subject-token.js'
import type { TokenEndpoint, TokenGrant } from './token-endpoint/token-endpoint.js'
import {
  type AccessToken,
  type AccessTokenCallOptions,
  type ForgetUserResult,
  TesouroTokens,
  type TesouroTokensHealth,
  type UserAccessToken,
  type WidgetToken,
} from './tokens.js'
import type { TesouroUser } from './user.js'
import { mintProblemOf } from './widget-token/mint.js'
import type { MintCalls } from './widget-token/mint-call.js'

const app = { sub: null, tenant: undefined } as const

const noOptions = ownMembers<AccessTokenCallOptions>({})

/** Everything that an instance puts together. */
export interface Parts {
  settings: Settings
  observer: Observer
  credentials: CredentialsHolder
  names: CacheNames
  cache: CacheAccess
  calls: Calls
  accessTokens: AccessTokens
  logouts: Logouts
  tokenEndpoint: TokenEndpoint
  minting: MintCalls
  platformFetch: PlatformFetch
}

export function createInstance(parts: Parts): TesouroTokens {
  return new Instance(parts)
}

class Instance extends TesouroTokens {
  readonly #parts: Parts
  readonly #stopListening: () => void
  readonly #closing = new SharedAbort()
  readonly #readiness: Readiness
  readonly [endpointHook]: EndpointHook
  #closed: Promise<void> | undefined

  constructor(parts: Parts) {
    super()
    this.#parts = parts
    const { cache, observer } = parts
    this.#readiness = new Readiness(parts, this.#closing)
    this[endpointHook] = createEndpointHook(parts)
    this.#stopListening = cache.onForget((subject, what) => {
      if (subject === undefined) return // every exchange under way compares generations before it stores
      const type = what?.renewal ? 'renew' : 'forget'
      const user = observer.nameOf(subject)
      observer.emit({ type, user, origin: 'elsewhere', outcome: 'ok', ...lateness(what?.lateMs) })
    })
  }

  ready(options?: { platform?: boolean | undefined }): Promise<void> {
    return this.#readiness.ready(options)
  }

  mintWidgetToken(user: TesouroUser, options?: { signal?: AbortSignal | undefined }): Promise<WidgetToken> {
    const { calls, minting } = this.#parts
    const { signal } = ownMembers(options)
    return calls.run({ signal, deadlineMs: undefined }, (call) => minting.mint(this.#check(user), call))
  }

  async getUserAccessToken(
    user: TesouroUser,
    options: AccessTokenCallOptions = noOptions,
  ): Promise<UserAccessToken> {
    return this.#getFor(this.#check(user), options)
  }

  #getFor(checked: CheckedUser, options: AccessTokenCallOptions): Promise<UserAccessToken> {
    const { settings, tokenEndpoint } = this.#parts
    const { requestParameters } = checked
    let lookedAt = momentOf(settings.clock)
    const look = async (signal: AbortSignal): Promise<void> => {
      lookedAt = await this.#look(checked, lookedAt, signal)
    }
    return this.#get(checked, checked, options, (signal, name) =>
      tokenEndpoint.exchange(
        {
          subjectToken: async (context) => {
            await look(context.signal)
            return exchangeableToken(settings, checked, context.signal)
          },
          beforeSend: look,
          requestParameters,
          user: name,
        },
        { signal },
      ),
    )
  }

  async getAppAccessToken(options: AccessTokenCallOptions = noOptions): Promise<AccessToken> {
    const { tokenEndpoint } = this.#parts
    const { issuedTokenType: _, ...token } = await this.#get(app, { email: null }, options, (signal) =>
      tokenEndpoint.clientCredentials({ signal }),
    )
    return token
  }

  async fetchAsUser(user: TesouroUser, input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const checked = this.#check(user)
    return this.#fetch(checked, input, init, async (options) => {
      // The user was read once, at the start: what is sent again is sent as the same one.
      const { accessToken } = await this.#getFor(checked, options)
      return accessToken
    })
  }

  async fetchAsApp(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return this.#fetch(app, input, init, async (options) => {
      const { accessToken } = await this.getAppAccessToken(options)
      return accessToken
    })
  }

  async forgetUser(
    user: { sub: string; tenant?: string | null | undefined },
    options?: { revoke?: boolean | undefined },
  ): Promise<ForgetUserResult> {
    const { logouts, settings, tokenEndpoint } = this.#parts
    const who = this.#checkWho(user)
    const { revoke: isRevoked } = ownMembers(options)
    if (isRevoked && settings.revocationUrl === undefined) {
      throw new ConfigurationError([
        'revocationPath: is missing, and forgetUser(…, { revoke: true }) needs it: the path that onboarding has confirmed for you',
      ])
    }
    return this.#logOut(who, isRevoked ? 'revoke' : 'forget', (logout) => {
      const revoke = (token: string): Promise<void> =>
        tokenEndpoint.revoke(token, { signal: this.#closing, user: logout.user })
      return logouts.forget(logout, isRevoked ? revoke : undefined)
    })
  }

  async renewUser(user: { sub: string; tenant?: string | null | undefined }): Promise<{ dropped: number }> {
    const { logouts } = this.#parts
    return this.#logOut(this.#checkWho(user), 'renew', (logout) => logouts.renew(logout))
  }

  health(): Promise<TesouroTokensHealth> {
    return this.#readiness.health()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const { accessTokens, cache, calls, logouts } = this.#parts
    calls.close()
    accessTokens.close()
    logouts.close()
    this.#closing.abort(new ClosedError())
    this.#stopListening()
    await cache.close()
  }

  #checkWho(user: unknown): Who {
    if (this.#closed !== undefined) throw new ClosedError()
    return checkForgetUser(user, this.#parts.settings.tenant)
  }

  /** A logout takes its number in the moment in which it is called. */
  async #logOut<Result extends object>(
    who: Who,
    kind: 'forget' | 'revoke' | 'renew',
    work: (logout: Logout) => Promise<Result>,
  ): Promise<Result> {
    const { cache, names, observer } = this.#parts
    const order = cache.people.nextLogout()
    const end = (subjects: readonly string[]): Promise<Result> =>
      work({ subjects, order, user: observer.nameOf(subjects.at(-1) ?? '') })
    return (await names.underEach(who, { kind, signal: this.#closing }, end)).reduce(sum)
  }

  async #get(
    who: Who,
    wanted: VariantParts,
    options: AccessTokenCallOptions,
    obtain: (signal: AbortSignal, name: string | undefined) => Promise<TokenGrant>,
  ): Promise<UserAccessToken> {
    const { accessTokens, calls, names, observer, settings } = this.#parts
    const { rejectedToken, signal } = options === noOptions ? noOptions : ownMembers(options)
    const { call, token } = await calls.run({ signal, deadlineMs: undefined }, (call) =>
      andThen(names.clientId(), (clientId) => {
        const key = names.keyOf(who, wanted, clientId)
        const user = who.sub === null ? undefined : observer.nameOf(key.subject)
        const obtainNow = (signal: AbortSignal): Promise<TokenGrant> => obtain(signal, user)
        const request = { key, clientId, user, rejectedToken, call, obtain: obtainNow }
        return andThen(accessTokens.get(request), (token) => ({ call, token }))
      }),
    )
    // A logout in the turn of the event loop in which a token was found in memory.
    call.throwIfEnded()
    const { accessToken, issuedTokenType = '', leftMs } = token
    const expiresAt = leftMs === undefined ? undefined : Math.floor(settings.clock.now() + leftMs)
    return { accessToken, tokenType: 'Bearer', issuedTokenType, expiresAt }
  }

  /** Sends a request as a call that a logout ends at every step. */
  #fetch(
    who: Who,
    input: string | URL | Request,
    init: RequestInit | undefined,
    getToken: TokenGetter,
  ): Promise<Response> {
    const { cache, calls, names, platformFetch } = this.#parts
    // Only the caller knows how long the request may take.
    return calls.run({ deadlineMs: Number.POSITIVE_INFINITY, signal: undefined }, async (call) => {
      const clientId = names.clientId()
      call.workFor(cache.people.of(names.subjectOf(who, isPromise(clientId) ? await clientId : clientId)))
      return platformFetch(input, init, getToken, call)
    })
  }

  /** Checks a user, and reports one who is refused. */
  #check(user: TesouroUser): CheckedUser {
    const { observer, settings } = this.#parts
    try {
      return checkUser(user, settings.tenant)
    } catch (error) {
      if (isTesouroTokensError(error)) observer.emit({ type: 'refusal', user: undefined, code: error.code })
      throw error
    }
  }

  /** Looks for a logout of which nothing was heard, for a call that has waited for long. Gives when it last did. */
  async #look(user: CheckedUser, since: Moment, signal: AbortSignal): Promise<Moment> {
    const { cache, names } = this.#parts
    signal.throwIfAborted()
    const subject = names.subjectNow(user)
    const lookedAt = subject === undefined ? since : await cache.lookAgain(subject, since)
    signal.throwIfAborted()
    return lookedAt
  }

  get [mintProblem](): string | undefined {
    return mintProblemOf(this.#parts.settings)
  }

  toJSON(): unknown {
    return { baseUrl: this.#parts.settings.baseUrl.href }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `TesouroTokens { baseUrl: '${this.#parts.settings.baseUrl.href}' }`
  }
}
