import { type FactoryProvider, type OnModuleInit, type Provider, Scope, type Type } from '@nestjs/common'
import { HttpAdapterHost, ModuleRef } from '@nestjs/core'
import { ConfigurationError } from '@tesouro-tokens/core'
import { getRegistrationToken } from './injection.js'
import { canMatchOnePath } from './path-pattern.js'

/** The routes of every application in this process. */
const routes = new WeakMap<HttpAdapterHost, Map<string, object>>()

/**
 * Refuses, while the application starts, a registration that could not do what it promises. A provider of its own, since
 * Nest creates it once: a controller with a request-scoped guard is created for each request instead.
 *
 * @param optionsOf the provider of the registration's options
 */
export function startCheck(
  name: string | undefined,
  path: string | false,
  optionsOf: Provider | undefined,
): FactoryProvider {
  return {
    provide: Symbol('TesouroTokensStartCheck'),
    inject: [ModuleRef, HttpAdapterHost],
    useFactory: (moduleRef: ModuleRef, host: HttpAdapterHost): OnModuleInit => {
      const check = {
        onModuleInit() {
          requireOneForAllRequests(moduleRef, name, optionsOf)
          if (path !== false) requireOwnPath(host, path, check)
        },
      }
      return check
    },
  }
}

/** Created for each request, the tokens would share no cache, the mint limit would count to one, and connections would pile up. */
function requireOneForAllRequests(
  moduleRef: ModuleRef,
  name: string | undefined,
  optionsOf: Provider | undefined,
): void {
  const isRequestScoped = (token: unknown): boolean =>
    moduleRef.introspect(token as Type).scope === Scope.REQUEST
  if (!isRequestScoped(getRegistrationToken(name))) return
  const inject = typeof optionsOf === 'object' && 'inject' in optionsOf ? (optionsOf.inject ?? []) : []
  const names = inject
    .map((each) => (typeof each === 'object' && 'token' in each ? each.token : each))
    .filter(isRequestScoped)
    .map((each) => (typeof each === 'function' ? each.name : String(each)))
  throw new ConfigurationError([
    `forRootAsync: its options depend on a request-scoped provider${names.length > 0 ? ` (${names.join(', ')})` : ''}, so ` +
      'that each request would make an instance, a mint limit and connections of its own. Inject only what lives as long ' +
      'as the application; read the request in getUser: (request) => …, and choose between several client ids in ' +
      'tokens: (user, request) => …',
  ])
}

/** Of two routes that match one path the platform would let the first answer for both. */
function requireOwnPath(host: HttpAdapterHost, path: string, owner: object): void {
  const taken = routes.get(host) ?? new Map<string, object>()
  const other = [...taken].find(([each, by]) => by !== owner && canMatchOnePath(each, path))
  if (other !== undefined)
    throw new ConfigurationError([
      `path: two registrations have ${path === other[0] ? path : `${other[0]} and ${path}, which can match one path`}. ` +
        'Give each its own, whatever its version, or false for no route',
    ])
  routes.set(host, taken.set(path, owner))
}
