import { ConfigurableModuleBuilder, type ConfigurableModuleHost, type DynamicModule } from '@nestjs/common'
import { TesouroTokensHealthIndicator } from './health-indicator.js'
import { getTesouroTokensToken } from './injection.js'
import type { TesouroTokensModuleExtras, TesouroTokensModuleOptions } from './options.js'
import { getRegistrationToken, registrationOf, tokensOf } from './registration.js'
import { createWidgetTokenController } from './widget-token-controller.js'

type Host = ConfigurableModuleHost<
  TesouroTokensModuleOptions,
  'forRoot',
  'createTesouroTokensOptions',
  TesouroTokensModuleExtras
>
const host: Host = new ConfigurableModuleBuilder<TesouroTokensModuleOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createTesouroTokensOptions')
  .setExtras<TesouroTokensModuleExtras>(
    { name: undefined, isGlobal: false, guards: [], path: undefined },
    complete,
  )
  .build()

/** Has `forRoot` and `forRootAsync`. */
export const ConfigurableModuleClass: Host['ConfigurableModuleClass'] = host.ConfigurableModuleClass

/** The extras are picked by name: Nest before 11.1.7 hands over everything that `forRootAsync` was given. */
function complete(definition: DynamicModule, extras: TesouroTokensModuleExtras): DynamicModule {
  const { name, isGlobal = false, guards = [], path = 'tesouro/widget-token' } = extras
  const options = host.MODULE_OPTIONS_TOKEN
  const tokens = getTesouroTokensToken(name)
  const registration = getRegistrationToken(name)
  const providers = [
    ...(definition.providers ?? []),
    { provide: tokens, useFactory: tokensOf, inject: [options] },
    { provide: registration, useFactory: registrationOf, inject: [options, tokens] },
    TesouroTokensHealthIndicator,
  ]
  const exports = [tokens, registration, TesouroTokensHealthIndicator]
  const controllers = path === false ? [] : [createWidgetTokenController(path, guards, name)]
  return { ...definition, global: isGlobal, controllers, providers, exports }
}
