import type { InjectionToken, OnApplicationShutdown } from '@nestjs/common'
import type { TesouroTokens, WidgetTokenHandler } from '@tesouro-tokens/core'
import { ConfigurationError, createTesouroTokens, createWidgetTokenHandler } from '@tesouro-tokens/core'
import type { TesouroTokensModuleOptions } from './options.js'

/** What a registration's route and pipe work with. */
export interface Registration extends OnApplicationShutdown {
  readonly tokens: NonNullable<TesouroTokensModuleOptions['tokens']>
  readonly getUser: TesouroTokensModuleOptions['getUser']
  readonly handle: WidgetTokenHandler<never>
}

export function getRegistrationToken(name?: string): InjectionToken<Registration> {
  return Symbol.for(`TesouroTokensRegistration(${name ?? ''})`)
}

const created = new WeakSet<TesouroTokens>()

/** The given tokens, or new ones; ready in either case. `null` where they are chosen for each user. */
export async function tokensOf(options: TesouroTokensModuleOptions): Promise<TesouroTokens | null> {
  const { tokens: given, getUser, allowedOrigins, mintLimit, onError, ...own } = options
  if (given === undefined) {
    const tokens = createTesouroTokens(own)
    created.add(tokens)
    await tokens.ready().catch((error: unknown) => tokens.close().then(() => Promise.reject(error)))
    return tokens
  }
  const ignored = Object.entries(own).filter(([, value]) => value !== undefined)
  if (ignored.length > 0) {
    const names = ignored.map(([name]) => name).join(', ')
    throw new ConfigurationError([`tokens is given, so these would have no effect: ${names}`])
  }
  if (typeof given === 'function') return null
  await given.ready()
  return given
}

/** `injected` is what `tokensOf` gave, or what a test has put in its place. */
export function registrationOf(options: TesouroTokensModuleOptions, injected: TesouroTokens): Registration {
  const { getUser, allowedOrigins, mintLimit, onError } = options
  const tokens = typeof options.tokens === 'function' ? options.tokens : injected
  const handle = createWidgetTokenHandler<never>({ tokens, getUser, allowedOrigins, mintLimit, onError })
  // After the server has stopped, so that requests under way are still served.
  const onApplicationShutdown = (): unknown => created.has(injected) && injected.close()
  return { tokens, getUser, handle, onApplicationShutdown }
}
