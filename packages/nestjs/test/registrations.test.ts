import type { IncomingMessage } from 'node:http'
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common'
import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { Test } from '@nestjs/testing'
import {
  ConfigurationError,
  CurrentUserAccessToken,
  createTesouroTokens,
  getTesouroTokensToken,
  InjectTesouroTokens,
  TesouroTokens,
  TesouroTokensHealthIndicator,
  TesouroTokensModule,
  type TesouroTokensOptionsFactory,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { platforms, serve, start } from './application.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ clients: [{ clientId: 'client-north' }, { clientId: 'client-south' }] })
})
afterAll(() => sandbox.close())

type Tenant = 'north' | 'south'
const clientOf = (tenant: Tenant) => ({ ...sandbox.client(`client-${tenant}`).options, tenant })
const optionsOf = (tenant: Tenant) => ({
  ...clientOf(tenant),
  onError: () => {},
  getUser: ({ headers }: IncomingMessage) => {
    const [sub, of] = String(headers.cookie ?? '').split('@')
    return sub === '' || sub === undefined ? null : { sub, email: `${sub}@example.com`, tenant: of ?? tenant }
  },
})
const registrationOf = (tenant: Tenant) => ({
  ...optionsOf(tenant),
  name: tenant,
  path: `${tenant}/widget-token`,
})
const post = (url: string, headers: Record<string, string> = {}, body?: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
const open = async (answer: Response) => {
  const { widgetToken } = (await answer.json()) as { widgetToken: string }
  return sandbox.openWidgetToken(widgetToken)
}

@Controller('accounts')
class AccountsController {
  @Get('north')
  north(@CurrentUserAccessToken('north') token: UserAccessToken): object {
    return token
  }

  @Get('south')
  south(@CurrentUserAccessToken('south') token: UserAccessToken): object {
    return token
  }
}

describe.each(platforms)('two registrations on %s', (_name, platform) => {
  const both = () =>
    serve(platform, {
      imports: [
        TesouroTokensModule.forRoot({ ...registrationOf('north'), isGlobal: true }),
        TesouroTokensModule.forRootAsync({
          name: 'south',
          path: 'south/widget-token',
          useFactory: async () => optionsOf('south'),
        }),
      ],
      controllers: [AccountsController],
    })

  test('serve each other’s route or credentials', async () => {
    const { origin } = await both()
    for (const tenant of ['north', 'south'] as const) {
      const answer = await post(`${origin}/${tenant}/widget-token`, { cookie: 'alice' })
      expect(await open(answer)).toMatchObject({ sub: 'alice', clientId: `client-${tenant}` })
    }
    expect((await post(`${origin}/tesouro/widget-token`, { cookie: 'alice' })).status).toBe(404)
  })

  test('move a user of one tenant into the other by header, host, path, query or body', async () => {
    const { origin } = await both()
    for (const [own, other] of [
      ['north', 'south'],
      ['south', 'north'],
    ] as const) {
      const cookie = `alice@${own}`
      expect((await post(`${origin}/${other}/widget-token`, { cookie })).status).toBe(403)
      const named = [
        post(`${origin}/${own}/widget-token?tenant=${other}`, { cookie }),
        post(`${origin}/${own}/widget-token`, {
          cookie,
          'x-tenant': other,
          'x-forwarded-host': `${other}.example`,
        }),
        post(`${origin}/${own}/widget-token`, { cookie }, { tenant: other, client_id: `client-${other}` }),
        post(`${origin}/${own}/../${own}/widget-token`, { cookie }),
      ]
      for (const answer of await Promise.all(named)) {
        expect(await open(answer)).toMatchObject({ clientId: `client-${own}` })
      }
    }
  })

  test('hand a controller the other’s access token', async () => {
    const { origin } = await both()
    for (const tenant of ['north', 'south'] as const) {
      const answer = await fetch(`${origin}/accounts/${tenant}`, { headers: { cookie: 'alice' } })
      expect(await answer.json()).toMatchObject({ tokenType: 'Bearer', accessToken: expect.any(String) })
      expect(sandbox.requests().at(-1)).toMatchObject({
        kind: 'token_exchange',
        clientId: `client-${tenant}`,
      })
      expect((await fetch(`${origin}/accounts/${tenant}`)).status).toBe(401)
    }
  })
})

@Injectable()
class Settings implements TesouroTokensOptionsFactory<IncomingMessage> {
  createTesouroTokensOptions() {
    return Promise.resolve(optionsOf('north'))
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
  expect(await open(await post(`${origin}/mine`, { cookie: 'alice' }))).toMatchObject({
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
    const own = optionsOf('north')
    const wrong = [
      { getUser: own.getUser },
      { ...own, clientSecret: '' },
      { ...own, allowedOrigins: ['*'] },
      { ...own, tokens: createTesouroTokens(clientOf('north')) },
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
    const { getUser, tenant } = optionsOf('north')
    const options = { baseUrl: sandbox.baseUrl, credentials: down, getUser, tenant }
    await expect(starting(TesouroTokensModule.forRoot(options))).rejects.toMatchObject({
      code: expect.any(String),
    })
    const tokens = createTesouroTokens(clientOf('north'))
    vi.spyOn(tokens, 'ready').mockRejectedValue(new ConfigurationError(['not ready']))
    await expect(starting(TesouroTokensModule.forRoot({ tokens, getUser }))).rejects.toThrow('not ready')
  })
})

test('the module leaves open what it made, or closes what it was given', async () => {
  const { getUser } = optionsOf('north')
  const given = createTesouroTokens(clientOf('north'))
  const { app, close } = await start(platforms[0][1], {
    imports: [
      TesouroTokensModule.forRoot({ tokens: given, getUser }),
      TesouroTokensModule.forRoot(registrationOf('south')),
    ],
  })
  const made = app.get<TesouroTokens>(getTesouroTokensToken('south'))
  await close()
  await expect(made.getAppAccessToken()).rejects.toMatchObject({ code: 'closed' })
  expect(await given.getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
  await given.close()
})

@Injectable()
class Payouts {
  readonly tokens: TesouroTokens
  readonly south: TesouroTokens
  constructor(tokens: TesouroTokens, @InjectTesouroTokens('south') south: TesouroTokens) {
    this.tokens = tokens
    this.south = south
  }
}

test('isGlobal is needed where it is not given, and does nothing where it is', async () => {
  @Module({ providers: [Payouts], exports: [Payouts] })
  class FeatureModule {}
  const { getUser } = optionsOf('north')
  const tokens = createTesouroTokens(clientOf('north'))
  const imports = (isGlobal: boolean) => [
    TesouroTokensModule.forRoot({ tokens, getUser, isGlobal }),
    TesouroTokensModule.forRoot({ ...registrationOf('south'), isGlobal }),
    FeatureModule,
  ]
  const { app } = await serve(platforms[0][1], { imports: imports(true) })
  expect(app.get(Payouts).tokens).toBe(tokens)
  expect(app.get(Payouts).south).toBe(app.get(getTesouroTokensToken('south')))
  expect(app.get(Payouts).south).not.toBe(tokens)
  await expect(start(platforms[0][1], { imports: imports(false) })).rejects.toThrow('resolve dependencies')
  await tokens.close()
})

test('a test cannot put other tokens in the place of the real ones', async () => {
  const { getUser } = optionsOf('north')
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
  const { getUser } = optionsOf('north')
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { app } = await serve(platforms[0][1], { imports: [TesouroTokensModule.forRoot({ getUser })] })
  expect(await app.get(TesouroTokens).getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
  const { clientSecret: _, ...incomplete } = clientOf('south')
  const module = TesouroTokensModule.forRoot({ ...incomplete, getUser })
  await expect(start(platforms[0][1], { imports: [module] })).rejects.toThrow('clientSecret')
})

test('tokens that are chosen for each user reach neither the route nor a controller', async () => {
  const { getUser } = optionsOf('north')
  const own = (tenant: Tenant) => createTesouroTokens(sandbox.client(`client-${tenant}`).options)
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
    expect(await open(await post(`${origin}/tesouro/widget-token`, headers))).toMatchObject({
      clientId: `client-${tenant}`,
    })
    const user = { sub: 'alice', email: 'alice@example.com', tenant }
    const { accessToken } = await all[tenant].getUserAccessToken(user)
    expect(await (await fetch(`${origin}/who`, { headers })).text()).toBe(accessToken)
  }
  await all.north.close()
  await all.south.close()
})

@Controller('health')
class HealthController {
  readonly health: HealthCheckService
  readonly tesouro: TesouroTokensHealthIndicator
  constructor(
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(TesouroTokensHealthIndicator) tesouro: TesouroTokensHealthIndicator,
  ) {
    this.health = health
    this.tesouro = tesouro
  }
  @Get()
  check() {
    return this.health.check([
      () => this.tesouro.isHealthy('tesouro'),
      () => this.tesouro.isHealthy('tesouro-south', 'south'),
    ])
  }
}

test('a health check does not tell which registration is down', async () => {
  const { origin, app } = await serve(platforms[0][1], {
    imports: [
      TerminusModule,
      TesouroTokensModule.forRoot(optionsOf('north')),
      TesouroTokensModule.forRoot(registrationOf('south')),
    ],
    controllers: [HealthController],
  })
  const up = await fetch(`${origin}/health`)
  const status = { status: 'up', cache: 'up', upstream: 'unknown' }
  expect([up.status, await up.json()]).toEqual([
    200,
    expect.objectContaining({ status: 'ok', info: { tesouro: status, 'tesouro-south': status } }),
  ])
  await app.get<TesouroTokens>(getTesouroTokensToken('south')).close()
  const down = await fetch(`${origin}/health`)
  expect([down.status, await down.json()]).toEqual([
    503,
    expect.objectContaining({
      status: 'error',
      error: { 'tesouro-south': expect.objectContaining({ status: 'down' }) },
    }),
  ])
})
