import { Injectable, Module, Scope } from '@nestjs/common'
import { REQUEST } from '@nestjs/core'
import {
  type TesouroTokens,
  TesouroTokensModule,
  type TesouroTokensOptionsFactory,
} from '@tesouro-tokens/nestjs'
import { describe, expect, test } from 'vitest'
import { platforms, start } from './application.js'

const options = {
  tokens: {
    ready: async () => {},
    mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
  } as unknown as TesouroTokens,
  getUser: () => null,
}

@Injectable({ scope: Scope.REQUEST })
class TenantOfRequest {}
@Injectable({ scope: Scope.TRANSIENT })
class OwnCopy {}
const tenantName = { provide: 'TENANT_NAME', scope: Scope.REQUEST, useFactory: () => 'north' }
@Module({
  providers: [TenantOfRequest, OwnCopy, tenantName],
  exports: [TenantOfRequest, OwnCopy, 'TENANT_NAME'],
})
class SettingsModule {}

@Injectable({ scope: Scope.REQUEST })
class OptionsOfRequest implements TesouroTokensOptionsFactory {
  createTesouroTokensOptions() {
    return options
  }
}

const useFactory = () => options
const imports = [SettingsModule]

describe.each(platforms)('on %s', (_name, platform) => {
  test.each([
    ['REQUEST', { inject: [REQUEST], useFactory }],
    ['TenantOfRequest', { imports, inject: [{ token: TenantOfRequest, optional: true }], useFactory }],
    ['TENANT_NAME', { imports, inject: ['TENANT_NAME'], useFactory }],
    ['OptionsOfRequest', { useClass: OptionsOfRequest }],
  ])(
    'each request makes an instance, a mint limit and connections of its own, by %s',
    async (scoped, how) => {
      for (const path of ['tesouro/widget-token', false] as const)
        await expect(
          start(platform, { imports: [TesouroTokensModule.forRootAsync({ ...how, path })] }),
        ).rejects.toThrow(
          new RegExp(
            `request-scoped provider \\(${scoped}\\).*getUser: \\(request\\).*tokens: \\(user, request\\)`,
          ),
        )
    },
  )

  test('a dependency that lives as long as the module is refused', async () => {
    const { close } = await start(platform, {
      imports: [TesouroTokensModule.forRootAsync({ imports, inject: [OwnCopy], useFactory })],
    })
    await close()
  })
})
