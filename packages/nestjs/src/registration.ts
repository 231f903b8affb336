import type { OnApplicationShutdown } from '@nestjs/common'
import type {
  TesouroTokens,
  WidgetTokenHandler,
  WidgetTokenHints,
  WidgetTokenOptions,
} from '@tesouro-tokens/core'
import {
  ConfigurationError,
  createTesouroTokens,
  createWidgetTokenHandler,
  splitWidgetTokenOptions,
  tesouroTokensFromEnv,
} from '@tesouro-tokens/core'
import type { TesouroTokensModuleExtras, TesouroTokensModuleOptions } from './options.js'
import { UnknownUser } from './unknown-user.js'

/** What a registration's route and pipe work with. */
export interface Registration extends OnApplicationShutdown {
  readonly tokens: WidgetTokenOptions<never>['tokens']
  readonly getUser: WidgetTokenOptions<never>['getUser']
  readonly handle: WidgetTokenHandler<never>
  readonly unknownUser: UnknownUser
}

/** A guard that runs for every route of the application is not known here, so the hint says "if". */
function hintsOf({ guards = [] }: TesouroTokensModuleExtras): WidgetTokenHints {
  const noGuard =
    'The route has no guard of its own: if a guard puts the user on the request, name it (guards: [YourGuard]).'
  return {
    proxy: "Nest: app.set('trust proxy', …) on Express, trustProxy on Fastify, with the proxy's address.",
    session:
      guards.length === 0
        ? noGuard
        : 'Look at what the guards put on the request, and at what getUser reads.',
  }
}

/** With one of these given none comes from the environment, so that no two clients' secrets are mixed. */
const platformOptions = [
  'environment',
  'baseUrl',
  'clientId',
  'clientSecret',
  'widgetSecret',
  'credentials',
] as const

/** The names of what goes next to a factory. The compiler finds one that is missing here. */
const extrasNames: Record<keyof TesouroTokensModuleExtras, true> = {
  name: true,
  isGlobal: true,
  guards: true,
  path: true,
  version: true,
}

/** @throws ConfigurationError where there are no options, or where they have what must be known before them */
function split(
  options: TesouroTokensModuleOptions,
): ReturnType<typeof splitWidgetTokenOptions<TesouroTokensModuleOptions>> {
  if (typeof options !== 'object' || options === null)
    throw new ConfigurationError([
      'forRootAsync: useFactory, useClass or useExisting must return an object of options, with getUser at least',
    ])
  const misplaced = Object.keys(options).filter((name) => Object.hasOwn(extrasNames, name))
  if (misplaced.length > 0)
    throw new ConfigurationError([
      `forRootAsync: its options have ${misplaced.join(', ')}, which must be known before them: write ` +
        `${misplaced.length > 1 ? 'them' : 'it'} next to useFactory, useClass or useExisting`,
    ])
  return splitWidgetTokenOptions(options)
}

const created = new WeakSet<TesouroTokens>()

/** The given tokens, or new ones; ready in either case. `null` where they are chosen for each user. */
export async function tokensOf(options: TesouroTokensModuleOptions): Promise<TesouroTokens | null> {
  const { endpoint, own } = split(options)
  const { tokens: given } = endpoint
  if (given === undefined) {
    const tokens = platformOptions.some((name) => own[name] !== undefined)
      ? createTesouroTokens(own)
      : tesouroTokensFromEnv(own)
    created.add(tokens)
    await tokens.ready().catch((error: unknown) => tokens.close().then(() => Promise.reject(error)))
    return tokens
  }
  const ignored = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : name))
  if (ignored.length > 0)
    throw new ConfigurationError([`tokens is given, so these would have no effect: ${ignored.join(', ')}`])
  if (typeof given === 'function') return null
  await given.ready()
  return given
}

/** `injected` is what `tokensOf` gave, or what a test has put in its place. */
export function registrationOf(
  options: TesouroTokensModuleOptions,
  injected: TesouroTokens,
  extras: TesouroTokensModuleExtras,
): Registration {
  const { endpoint: given } = split(options)
  const tokens = typeof given.tokens === 'function' ? given.tokens : injected
  const endpoint = { ...given, tokens }
  return {
    tokens,
    getUser: endpoint.getUser,
    unknownUser: new UnknownUser(endpoint.onRefusal),
    handle: createWidgetTokenHandler<never>(endpoint, { hints: hintsOf(extras) }),
    // After the server has stopped, so that requests under way are still served.
    onApplicationShutdown: () => created.has(injected) && injected.close(),
  }
}
