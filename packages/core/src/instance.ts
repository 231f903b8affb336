import { eventOutcome } from './access-tokens/lease.js'
import type { ObtainedToken, TokenRequest } from './access-tokens/token-request.js'
import { personOf } from './calls.js'
import { checkReady } from './configuration/check-ready.js'
import { ClosedError, ConfigurationError, isTesouroTokensError } from './errors.js'
import { type EndpointHook, endpointHook } from './http/hook.js'
import type { Who } from './identity/cache-names.js'
import { type CheckedUser, checkForgetUser, checkUser } from './identity/check-user.js'
import type { VariantParts } from './identity/token-key.js'
import { andThen } from './lib/and-then.js'
import { createEnding } from './lib/lazy-abort-controller.js'
import { type CountMint, createMintCounts } from './limits/mint-counts.js'
import type { Parts } from './parts.js'
import type { TokenGetter } from './platform/platform-fetch.js'
import { createSubjectToken } from './subject-token/create-subject-token.js'
import type { TokenGrant } from './token-endpoint/token-endpoint.js'
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

const subjectTokenLifetimeSeconds = 300
const app = { sub: null, tenant: undefined } as const

export function createInstance(parts: Parts): TesouroTokens {
  return new Instance(parts)
}

class Instance extends TesouroTokens {
  readonly #parts: Parts
  readonly #stopListening: (() => void) | undefined
  readonly #closing = createEnding()
  readonly #countMint: CountMint
  #ready: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(parts: Parts) {
    super()
    this.#parts = parts
    this.#countMint = createMintCounts(parts.settings, (reason) =>
      parts.observer.emit({ type: 'cache_failure', operation: 'limit', reason }),
    )
    this.#stopListening = parts.store.onForget?.((subject) => this.#forgottenElsewhere(subject))
  }

  ready(): Promise<void> {
    if (this.#parts.calls.closed) return Promise.reject(new ClosedError())
    this.#ready ??= checkReady(this.#parts).catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  mintWidgetToken(
    user: TesouroUser,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<WidgetToken> {
    const { calls, minter, observer } = this.#parts
    return calls.run(options, () => {
      const checked = this.#check(user)
      const mint = (): WidgetToken | Promise<WidgetToken> => minter.mint(checked, options)
      return observer.listening ? this.#tellOfMint(checked, mint) : mint()
    })
  }

  async getUserAccessToken(
    user: TesouroUser,
    options: AccessTokenCallOptions = {},
  ): Promise<UserAccessToken> {
    const { tokenEndpoint } = this.#parts
    const checked = this.#check(user)
    const { token, expiresAt } = await this.#get(checked, checked, options, (signal, name) =>
      tokenEndpoint.exchange(
        {
          subjectToken: ({ signal: attempt }) => this.#subjectToken(checked, attempt),
          requestParameters: checked.requestParameters,
          user: name,
        },
        { signal },
      ),
    )
    const { accessToken, issuedTokenType = '' } = token
    return { accessToken, tokenType: 'Bearer', issuedTokenType, expiresAt }
  }

  async getAppAccessToken(options: AccessTokenCallOptions = {}): Promise<AccessToken> {
    const { tokenEndpoint } = this.#parts
    const { token, expiresAt } = await this.#get(app, { email: null }, options, (signal) =>
      tokenEndpoint.clientCredentials({ signal }),
    )
    return { accessToken: token.accessToken, tokenType: 'Bearer', expiresAt }
  }

  async fetchAsUser(user: TesouroUser, input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const getToken: TokenGetter = async (options) =>
      (await this.getUserAccessToken(user, options)).accessToken
    return this.#parts.platformFetch(input, init, getToken, {
      signal: new AbortController().signal,
      throwIfEnded: () => {},
    })
  }

  async fetchAsApp(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const getToken: TokenGetter = async (options) => (await this.getAppAccessToken(options)).accessToken
    return this.#parts.platformFetch(input, init, getToken, {
      signal: new AbortController().signal,
      throwIfEnded: () => {},
    })
  }

  async forgetUser(
    user: { sub: string; tenant?: string | undefined },
    options: { revoke?: boolean | undefined } = {},
  ): Promise<ForgetUserResult> {
    const { accessTokens, calls, logouts, names, observer, settings, tokenEndpoint } = this.#parts
    if (calls.closed) throw new ClosedError()
    const who = checkForgetUser(user, settings.tenant)
    if (options.revoke && settings.revocationUrl === undefined) {
      throw new ConfigurationError([
        'revocationPath: wanted for forgetUser(…, { revoke: true }); the path is the one that onboarding confirmed for you',
      ])
    }

    // This is the moment of the logout: calls under way end now, later ones wait until it is recorded.
    const person = personOf(who)
    calls.endFor(person)

    const subject = Promise.resolve(names.subjectOf(who))
    const name = subject.then((hash) => observer.nameOf(hash))
    name.catch(() => {}) // `record` tells of it
    return logouts.record({
      person,
      subject,
      user: name,
      onSubject: (hash) => accessTokens.forgetSubject(hash),
      revoke: options.revoke
        ? async (token) => tokenEndpoint.revoke(token, { signal: this.#closing.signal, user: await name })
        : undefined,
    })
  }

  async health(): Promise<TesouroTokensHealth> {
    const { cache, calls, tokenEndpoint } = this.#parts
    if (calls.closed) return { healthy: false, cache: 'bypassed', upstream: 'unknown' }
    const up = await cache.answers()
    const { upstream } = tokenEndpoint
    return { healthy: upstream !== 'failing', cache: up ? 'up' : 'bypassed', upstream }
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
    this.#closing.end(new ClosedError())
    this.#stopListening?.()
    await cache.close()
  }

  #get(
    who: Who,
    wanted: VariantParts,
    options: AccessTokenCallOptions,
    obtain: (signal: AbortSignal, name: string | undefined) => Promise<TokenGrant>,
  ): Promise<{ token: ObtainedToken; expiresAt: number | undefined }> {
    const { accessTokens, calls, logouts, names, observer, settings } = this.#parts
    const { rejectedToken, signal } = options
    const person = personOf(who)
    return calls.run({ person, signal }, (throwIfEnded) =>
      andThen(logouts.pending(person), (bypassCache) =>
        andThen(names.keyOf(who, wanted), (key) =>
          andThen(who.sub === null ? undefined : observer.nameOf(key.subject), (user) => {
            const request: TokenRequest = {
              key,
              user,
              rejectedToken,
              bypassCache,
              throwIfEnded,
              obtain: (signal) => obtain(signal, user),
            }
            return andThen(accessTokens.get(request), (token) => ({
              token,
              expiresAt:
                token.leftMs === undefined ? undefined : Math.floor(settings.clock.now() + token.leftMs),
            }))
          }),
        ),
      ),
    )
  }

  async #tellOfMint(user: CheckedUser, mint: () => WidgetToken | Promise<WidgetToken>): Promise<WidgetToken> {
    const { names, observer, settings } = this.#parts
    const startedAt = settings.clock.monotonic()
    const about = { type: 'mint', user: await names.eventNameOf(user) } as const
    const tell = (
      outcome: { outcome: 'ok'; exp: number } | { outcome: ReturnType<typeof eventOutcome> },
    ): void => observer.emit({ ...about, durationMs: settings.clock.monotonic() - startedAt, ...outcome })
    try {
      const token = await mint()
      tell({ outcome: 'ok', exp: token.exp })
      return token
    } catch (error) {
      tell({ outcome: eventOutcome(error) })
      throw error
    }
  }

  /** Checks a user, and tells of one who is refused. */
  #check(user: TesouroUser): CheckedUser {
    const { observer, settings } = this.#parts
    try {
      return checkUser(user, settings.tenant)
    } catch (error) {
      if (isTesouroTokensError(error)) observer.emit({ type: 'refusal', user: undefined, code: error.code })
      throw error
    }
  }

  async #subjectToken(user: CheckedUser, signal: AbortSignal): Promise<string> {
    const { settings } = this.#parts
    const { token } = await createSubjectToken({
      source: settings.subjectToken,
      user,
      purpose: 'exchange',
      lifetimeSeconds: subjectTokenLifetimeSeconds,
      clock: settings.clock,
      waitUntil: settings.waitUntil,
      signal,
    })
    return token
  }

  #forgottenElsewhere(subject: string | undefined): void {
    const { accessTokens, observer } = this.#parts
    if (subject === undefined) return // every exchange under way compares generations before it stores
    accessTokens.forgetSubject(subject)
    void andThen(observer.nameOf(subject), (user) =>
      observer.emit({ type: 'forget', user, origin: 'elsewhere', outcome: 'ok' }),
    )
  }

  /** What the endpoint asks of the tokens it mints with. */
  readonly [endpointHook]: EndpointHook = {
    now: () => this.#parts.settings.clock.now(),
    monotonic: () => this.#parts.settings.clock.monotonic(),
    countMint: (name, limit) => this.#countMint(name, limit),
    refused: ({ code, status, user }) => {
      const { names, observer } = this.#parts
      if (!observer.listening) return
      const name = user === undefined ? Promise.resolve(undefined) : names.eventNameOf(user)
      const tell = (name?: string): void => observer.emit({ type: 'refusal', user: name, code, status })
      name.then(tell, () => tell())
    },
  }

  toJSON(): unknown {
    return { baseUrl: this.#parts.settings.baseUrl.href }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `TesouroTokens { baseUrl: '${this.#parts.settings.baseUrl.href}' }`
  }
}
