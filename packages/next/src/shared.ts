import {
  type AccessToken,
  type AccessTokenCallOptions,
  type ForgetUserResult,
  TesouroTokens,
  type TesouroTokensHealth,
  type TesouroUser,
  type UserAccessToken,
  type WidgetToken,
} from '@tesouro-tokens/core'

/** Under this symbol core's endpoint asks tokens for their clock and tells them of refusals. */
const endpointHook: unique symbol = Symbol.for('@tesouro-tokens/endpoint')

/**
 * One instance for the whole process, made at the first call. Next evaluates a module once for each kind of
 * entry (pages and actions, route handlers, `pages/api`, instrumentation) and again at every hot reload: a plain
 * `const tokens = createTesouroTokens(…)` would be several instances, each with a cache and exchanges of its own,
 * and a logout in one would not be heard by the others. As nothing is made at import, `next build` needs no secret.
 *
 * The first `create` of a name wins until the process ends; a changed one counts after a restart. When `create`
 * throws, the call fails and the next one tries again. After `close()` calls reject with ClosedError, as they do
 * everywhere; before the first call there is nothing to close. The Node and the Edge runtime share no memory, so
 * each has an instance of its own.
 *
 * @param create makes the instance
 * @param options.name tells several instances apart. Default `default`
 *
 * @example
 * ```ts
 * import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
 *
 * export const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv())
 * ```
 */
export function sharedTesouroTokens(
  create: () => TesouroTokens,
  options: { name?: string | undefined } = {},
): TesouroTokens {
  return new SharedTesouroTokens(create, Symbol.for(`@tesouro-tokens/next:${options.name ?? 'default'}`))
}

/** Methods are async so that what `create` throws arrives as a rejection. */
class SharedTesouroTokens extends TesouroTokens {
  readonly #create: () => TesouroTokens
  readonly #place: symbol

  constructor(create: () => TesouroTokens, place: symbol) {
    super()
    this.#create = create
    this.#place = place
  }

  get #made(): TesouroTokens | undefined {
    return Reflect.get(globalThis, this.#place)
  }

  get #tokens(): TesouroTokens {
    const made = this.#made ?? this.#create()
    Reflect.set(globalThis, this.#place, made)
    return made
  }

  get [endpointHook](): unknown {
    return Reflect.get(this.#tokens, endpointHook)
  }

  async ready(): Promise<void> {
    return this.#tokens.ready()
  }

  async mintWidgetToken(
    user: TesouroUser,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<WidgetToken> {
    return this.#tokens.mintWidgetToken(user, options)
  }

  async getUserAccessToken(user: TesouroUser, options?: AccessTokenCallOptions): Promise<UserAccessToken> {
    return this.#tokens.getUserAccessToken(user, options)
  }

  async getAppAccessToken(options?: AccessTokenCallOptions): Promise<AccessToken> {
    return this.#tokens.getAppAccessToken(options)
  }

  async fetchAsUser(user: TesouroUser, input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return this.#tokens.fetchAsUser(user, input, init)
  }

  async fetchAsApp(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return this.#tokens.fetchAsApp(input, init)
  }

  async forgetUser(
    user: { sub: string; tenant?: string | undefined },
    options?: { revoke?: boolean | undefined },
  ): Promise<ForgetUserResult> {
    return this.#tokens.forgetUser(user, options)
  }

  async health(): Promise<TesouroTokensHealth> {
    return this.#tokens.health()
  }

  async close(): Promise<void> {
    await this.#made?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
