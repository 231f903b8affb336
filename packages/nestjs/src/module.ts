import { type DynamicModule, Module } from '@nestjs/common'
import { ConfigurableModuleClass } from './configurable-module.js'
import type {
  TesouroTokensModuleAsyncOptions,
  TesouroTokensModuleExtras,
  TesouroTokensModuleOptions,
} from './options.js'

/**
 * Tokens to inject and the route that widgets ask, `POST /tesouro/widget-token`, for Nest 11 and 12 on Express and on
 * Fastify. It may be registered several times, under different names and paths. Start-up waits for
 * `tokens.ready()`; tokens that the module has made are closed once the server has stopped.
 */
@Module({})
export class TesouroTokensModule extends ConfigurableModuleClass {
  /**
   * Registers the module with options at hand.
   *
   * @throws ConfigurationError while the application starts, with every wrong option
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common'
   * import { TesouroTokensModule, tesouroTokensFromEnv } from '@tesouro-tokens/nestjs'
   * import type { Request } from 'express'
   *
   * @Module({
   *   imports: [
   *     TesouroTokensModule.forRoot({
   *       tokens: tesouroTokensFromEnv(),
   *       getUser: (request: Request) => request.app.locals.userOf(request),
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static override forRoot<Request>(
    options: TesouroTokensModuleOptions<Request> & TesouroTokensModuleExtras,
  ): DynamicModule {
    return { ...ConfigurableModuleClass.forRoot(options), module: TesouroTokensModule }
  }

  /**
   * Registers the module with options that other providers or a promise give. Whatever they reject with ends the
   * start of the application.
   *
   * @throws ConfigurationError while the application starts, with every wrong option
   */
  static override forRootAsync<Request>(options: TesouroTokensModuleAsyncOptions<Request>): DynamicModule {
    return { ...ConfigurableModuleClass.forRootAsync(options), module: TesouroTokensModule }
  }
}
