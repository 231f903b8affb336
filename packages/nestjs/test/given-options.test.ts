import type { IncomingMessage } from 'node:http'
import { Controller, Get, Injectable, Module } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import {
  ConfigurationError,
  CurrentUserAccessToken,
  createTesouroTokens,
  getTesouroTokensToken,
  TesouroTokens,
  TesouroTokensModule,
  type TesouroTokensOptionsFactory,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { platforms, serve, start } from './application.js'
import { openTenants, post, type Tenant } from './tenants.js'

const tenants = openTenants()

@Injectable()
class Settings implements TesouroTokensOptionsFactory<IncomingMessage> {
  createTesouroTokensOptions() {
    return Promise.resolve(tenants.optionsOf('north'))
  }
}
@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const asyncForms = {
  useFactory: {
    imports: [SettingsModule],
    inject: [Settings],
    useFactory: (all: Settings) => all.createTesouroTokensOptions(),
  },
  useClass: { useClass: Settings },
  useExisting: { imports: [SettingsModule], useExisting: Settings },
}
test.each(Object.entries(asyncForms))('options by %s do not arrive', async (_form, form) => {
  const { origin, app } = await serve(platforms[0][1], {
    imports: [TesouroTokensModule.forRootAsync({ ...form, path: 'mine' })],
  })
  expect(await tenants.open(await post(`${origin}/mine`, { cookie: 'alice' }))).toMatchObject({
    clientId: 'client-north',
  })
  expect(await app.get(TesouroTokens).getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
})

describe('an application starts although', () => {
  const starting = (module: ReturnType<typeof TesouroTokensModule.forRoot>) =>
    start(platforms[0][1], { imports: [module] })

  test('its options reject', async () => {
    const mine = new Error('the vault is sealed')
    const useFactory = () => Promise.reject(mine)
    await expect(starting(TesouroTokensModule.forRootAsync({ useFactory }))).rejects.toBe(mine)
  })

  test('its options are wrong, or both kinds of them are given', async () => {
    const own = tenants.optionsOf('north')
    const wrong = [
      { getUser: own.getUser },
      { ...own, clientSecret: '' },
      { ...own, allowedOrigins: ['*'] },
      { ...own, tokens: createTesouroTokens(tenants.clientOf('north')) },
    ]
    for (const options of wrong) {
      await expect(starting(TesouroTokensModule.forRoot(options))).rejects.toThrow(ConfigurationError)
      const useFactory = async () => options
      await expect(starting(TesouroTokensModule.forRootAsync({ useFactory }))).rejects.toThrow(
        ConfigurationError,
      )
    }
  })

  test('the tokens are not ready', async () => {
    const down = () => Promise.reject(new Error('canary'))
    const { getUser, tenant } = tenants.optionsOf('north')
    const options = { baseUrl: tenants.sandbox.baseUrl, credentials: down, getUser, tenant }
    await expect(starting(TesouroTokensModule.forRoot(options))).rejects.toMatchObject({
      code: expect.any(String),
    })
    const tokens = createTesouroTokens(tenants.clientOf('north'))
    vi.spyOn(tokens, 'ready').mockRejectedValue(new ConfigurationError(['not ready']))
    await expect(starting(TesouroTokensModule.forRoot({ tokens, getUser }))).rejects.toThrow('not ready')
  })
})

test('the module leaves open what it made, or closes what it was given', async () => {
  const { getUser } = tenants.optionsOf('north')
  const given = createTesouroTokens(tenants.clientOf('north'))
  const { app, close } = await start(platforms[0][1], {
    imports: [
      TesouroTokensModule.forRoot({ tokens: given, getUser }),
      TesouroTokensModule.forRoot(tenants.registrationOf('south')),
    ],
  })
  const made = app.get<TesouroTokens>(getTesouroTokensToken('south'))
  await close()
  await expect(made.getAppAccessToken()).rejects.toMatchObject({ code: 'closed' })
  expect(await given.getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
  await given.close()
})

test('a test cannot put other tokens in the place of the real ones', async () => {
  const { getUser } = tenants.optionsOf('north')
  const fake = { mintWidgetToken: async () => ({ widgetToken: 'fake', exp: 4_000_000_000 }) }
  const testing = await Test.createTestingModule({ imports: [TesouroTokensModule.forRoot({ getUser })] })
    .overrideProvider(TesouroTokens)
    .useValue(fake)
    .compile()
  const app = testing.createNestApplication({ logger: false })
  await app.listen(0, '127.0.0.1')
  const answer = await post(`${await app.getUrl()}/tesouro/widget-token`, { cookie: 'alice' })
  expect(await answer.json()).toMatchObject({ widgetToken: 'fake' })
  await app.close()
})

test('the environment is not read where nothing else is given, or mixed with what is given', async () => {
  const { getUser } = tenants.optionsOf('north')
  for (const [name, value] of Object.entries(tenants.sandbox.env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { app } = await serve(platforms[0][1], { imports: [TesouroTokensModule.forRoot({ getUser })] })
  expect(await app.get(TesouroTokens).getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
  const { clientSecret: _, ...incomplete } = tenants.clientOf('south')
  const module = TesouroTokensModule.forRoot({ ...incomplete, getUser })
  await expect(start(platforms[0][1], { imports: [module] })).rejects.toThrow('clientSecret')
})

test('tokens that are chosen for each user reach neither the route nor a controller', async () => {
  const { getUser } = tenants.optionsOf('north')
  const own = (tenant: Tenant) => createTesouroTokens(tenants.sandbox.client(`client-${tenant}`).options)
  const all = { north: own('north'), south: own('south') }
  @Controller('who')
  class WhoController {
    @Get()
    answer(@CurrentUserAccessToken() { accessToken }: UserAccessToken): string {
      return accessToken
    }
  }
  const { origin, app } = await serve(platforms[0][1], {
    imports: [
      TesouroTokensModule.forRoot({
        getUser: (request: IncomingMessage) => getUser(request),
        tokens: ({ tenant }) => all[tenant as Tenant],
      }),
    ],
    controllers: [WhoController],
  })
  expect(app.get(TesouroTokens)).toBe(null)
  for (const tenant of ['north', 'south'] as const) {
    const headers = { cookie: `alice@${tenant}` }
    expect(await tenants.open(await post(`${origin}/tesouro/widget-token`, headers))).toMatchObject({
      clientId: `client-${tenant}`,
    })
    const user = { sub: 'alice', email: 'alice@example.com', tenant }
    const { accessToken } = await all[tenant].getUserAccessToken(user)
    expect(await (await fetch(`${origin}/who`, { headers })).text()).toBe(accessToken)
  }
  await all.north.close()
  await all.south.close()
})
