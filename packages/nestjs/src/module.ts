import { ConfigurableModuleBuilder, type DynamicModule, Module } from '@nestjs/common'
import type { TesouroTokens } from '@tesouro-tokens/core'
import { TesouroTokensHealthIndicator } from './health-indicator.js'
import { getRegistrationToken, getTesouroTokensToken } from './injection.js'
import type {
  TesouroTokensModuleAsyncOptions,
  TesouroTokensModuleExtras,
  TesouroTokensModuleOptions,
} from './options.js'
import { registrationOf, tokensOf } from './registration.js'
import { startCheck } from './start-check.js'
import { createWidgetTokenController } from './widget-token-controller.js'

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<TesouroTokensModuleOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createTesouroTokensOptions')
    .setExtras<TesouroTokensModuleExtras>(
      { name: undefined, isGlobal: false, guards: [], path: undefined, version: undefined },
      definitionOf,
    )
    .build()

/** The extras are picked by name: Nest before 11.1.7 hands over everything that `forRootAsync` was given. */
function definitionOf(definition: DynamicModule, extras: TesouroTokensModuleExtras): DynamicModule {
  const { name, isGlobal = false, path = 'tesouro/widget-token' } = extras
  const tokens = getTesouroTokensToken(name)
  const registration = getRegistrationToken(name)
  const { providers = [] } = definition
  const optionsProvider = providers.find(
    (each) => typeof each === 'object' && each.provide === MODULE_OPTIONS_TOKEN,
  )
  return {
    ...definition,
    global: isGlobal,
    controllers: path === false ? [] : [createWidgetTokenController(path, extras)],
    providers: [
      ...providers,
      startCheck(name, path, optionsProvider),
      { provide: tokens, useFactory: tokensOf, inject: [MODULE_OPTIONS_TOKEN] },
      {
        provide: registration,
        useFactory: (options: TesouroTokensModuleOptions, injected: TesouroTokens) =>
          registrationOf(options, injected, extras),
        inject: [MODULE_OPTIONS_TOKEN, tokens],
      },
      TesouroTokensHealthIndicator,
    ],
    exports: [tokens, registration, TesouroTokensHealthIndicator],
  }
}

/**
 * Provides `TesouroTokens` for injection and the widgets' route, `POST /tesouro/widget-token`, for Nest 11 and 12 on
 * Express and Fastify. It can be registered several times, under different names and paths. Start-up waits for
 * `tokens.ready()`. The module closes the tokens that it created once the server has stopped.
 */
@Module({})
export class TesouroTokensModule {
  /**
   * Registers the module with given options. Without an address and credentials among them, the environment is read
   * while the application starts, as by `tesouroTokensFromEnv`; not where a test has replaced `TesouroTokens`.
   *
   * @throws ConfigurationError while the application starts, with every wrong option
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common'
   * import { TesouroTokensModule } from '@tesouro-tokens/nestjs'
   * import type { Request } from 'express'
   *
   * @Module({
   *   imports: [
   *     TesouroTokensModule.forRoot({
   *       getUser: (request: Request) => request.app.locals.userOf(request),
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static forRoot<Request>(
    options: TesouroTokensModuleOptions<Request> & TesouroTokensModuleExtras,
  ): DynamicModule {
    return { ...ConfigurableModuleClass.forRoot(options), module: TesouroTokensModule }
  }

  /**
   * Registers the module with options from other providers or a promise. An error of theirs ends the start of the
   * application.
   *
   * @throws ConfigurationError while the application starts, with every wrong option, and where a provider that the
   * options depend on is created for each request
   */
  static forRootAsync<Request>(options: TesouroTokensModuleAsyncOptions<Request>): DynamicModule {
    return { ...ConfigurableModuleClass.forRootAsync(options), module: TesouroTokensModule }
  }
}
