import type { CanActivate, ConfigurableModuleAsyncOptions, ControllerOptions, Type } from '@nestjs/common'
import type { TesouroTokensOptions, WidgetTokenOptions } from '@tesouro-tokens/core'

/**
 * Options of one registration: the endpoint's options, and in addition either the options of
 * `createTesouroTokens` or `tokens`. With neither an address nor credentials, the environment is read as
 * `tesouroTokensFromEnv` reads it. `Request` is the platform's request, inferred from `getUser`.
 */
export interface TesouroTokensModuleOptions<Request = never>
  extends TesouroTokensOptions,
    Omit<WidgetTokenOptions<Request>, 'tokens'> {
  /**
   * Tokens that the application creates and closes itself; or a function that chooses them for a user. With a
   * function there is no single instance to inject: `null` is injected.
   */
  tokens?: WidgetTokenOptions<Request>['tokens'] | undefined
}

/** The form of a registration, which has to be known before its options. */
export interface TesouroTokensModuleExtras {
  /** Tells several registrations apart, for `@InjectTesouroTokens(name)`. Default: the one that `TesouroTokens` injects. */
  name?: string | undefined
  /** Whether other modules can inject without importing this one. Default `false`. */
  isGlobal?: boolean | undefined
  /** Guards of the widget token route: classes or instances. */
  guards?: (CanActivate | Type<CanActivate>)[] | undefined
  /** Path of the widget token route below the global prefix, or `false` for no route. Default `tesouro/widget-token`. */
  path?: string | false | undefined
  /** Version of the widget token route, where the application calls `enableVersioning`. Default `VERSION_NEUTRAL`. */
  version?: ControllerOptions['version'] | undefined
}

/** Interface of a class given as `useClass` or `useExisting`. */
export interface TesouroTokensOptionsFactory<Request = never> {
  /** Called once, while the module is created. */
  createTesouroTokensOptions():
    | Promise<TesouroTokensModuleOptions<Request>>
    | TesouroTokensModuleOptions<Request>
}

/** Options of `forRootAsync`: where the options come from, and the form of the registration. */
export type TesouroTokensModuleAsyncOptions<Request = never> = TesouroTokensModuleExtras &
  ConfigurableModuleAsyncOptions<TesouroTokensModuleOptions<Request>, 'createTesouroTokensOptions'>
