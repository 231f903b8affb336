import { TesouroTokens } from '@tesouro-tokens/core'

/** Under this symbol core's endpoint asks tokens for their clock and tells them of refusals. */
const endpointHook: unique symbol = Symbol.for('@tesouro-tokens/endpoint')

/**
 * One instance for the whole process, made at the first call. Next evaluates a module once for each kind of entry
 * (pages and actions, route handlers, `pages/api`, instrumentation), and again at every hot reload. A plain `const
 * tokens = createTesouroTokens(…)` would therefore be several instances, each with a cache and exchanges of its
 * own, and a logout in one would not reach the others. Nothing is made at import, so `next build` needs no secret.
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

/** Its members are async so that what `create` throws arrives as a rejection. */
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

  ready: TesouroTokens['ready'] = async (...given) => this.#tokens.ready(...given)
  mintWidgetToken: TesouroTokens['mintWidgetToken'] = async (...given) =>
    this.#tokens.mintWidgetToken(...given)
  getUserAccessToken: TesouroTokens['getUserAccessToken'] = async (...given) =>
    this.#tokens.getUserAccessToken(...given)
  getAppAccessToken: TesouroTokens['getAppAccessToken'] = async (...given) =>
    this.#tokens.getAppAccessToken(...given)
  fetchAsUser: TesouroTokens['fetchAsUser'] = async (...given) => this.#tokens.fetchAsUser(...given)
  fetchAsApp: TesouroTokens['fetchAsApp'] = async (...given) => this.#tokens.fetchAsApp(...given)
  forgetUser: TesouroTokens['forgetUser'] = async (...given) => this.#tokens.forgetUser(...given)
  renewUser: TesouroTokens['renewUser'] = async (...given) => this.#tokens.renewUser(...given)
  health: TesouroTokens['health'] = async () => this.#tokens.health()

  async close(): Promise<void> {
    await this.#made?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
