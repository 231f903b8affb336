import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common'
import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import {
  CurrentUserAccessToken,
  createTesouroTokens,
  getTesouroTokensToken,
  InjectTesouroTokens,
  TesouroTokens,
  TesouroTokensHealthIndicator,
  TesouroTokensModule,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { describe, expect, test } from 'vitest'
import { platforms, serve, start } from './application.js'
import { openTenants, post } from './tenants.js'

const tenants = openTenants()

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
        TesouroTokensModule.forRoot({ ...tenants.registrationOf('north'), isGlobal: true }),
        TesouroTokensModule.forRootAsync({
          name: 'south',
          path: 'south/widget-token',
          useFactory: async () => tenants.optionsOf('south'),
        }),
      ],
      controllers: [AccountsController],
    })

  test('serve each other’s route or credentials', async () => {
    const { origin } = await both()
    for (const tenant of ['north', 'south'] as const) {
      const answer = await post(`${origin}/${tenant}/widget-token`, { cookie: 'alice' })
      expect(await tenants.open(answer)).toMatchObject({ sub: 'alice', clientId: `client-${tenant}` })
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
        expect(await tenants.open(answer)).toMatchObject({ clientId: `client-${own}` })
      }
    }
  })

  test('hand a controller the other’s access token', async () => {
    const { origin } = await both()
    for (const tenant of ['north', 'south'] as const) {
      const answer = await fetch(`${origin}/accounts/${tenant}`, { headers: { cookie: 'alice' } })
      expect(await answer.json()).toMatchObject({ tokenType: 'Bearer', accessToken: expect.any(String) })
      expect(tenants.sandbox.requests().at(-1)).toMatchObject({
        kind: 'token_exchange',
        clientId: `client-${tenant}`,
      })
      expect((await fetch(`${origin}/accounts/${tenant}`)).status).toBe(401)
    }
  })
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
  const { getUser } = tenants.optionsOf('north')
  const tokens = createTesouroTokens(tenants.clientOf('north'))
  const imports = (isGlobal: boolean) => [
    TesouroTokensModule.forRoot({ tokens, getUser, isGlobal }),
    TesouroTokensModule.forRoot({ ...tenants.registrationOf('south'), isGlobal }),
    FeatureModule,
  ]
  const { app } = await serve(platforms[0][1], { imports: imports(true) })
  expect(app.get(Payouts).tokens).toBe(tokens)
  expect(app.get(Payouts).south).toBe(app.get(getTesouroTokensToken('south')))
  expect(app.get(Payouts).south).not.toBe(tokens)
  await expect(start(platforms[0][1], { imports: imports(false) })).rejects.toThrow('resolve dependencies')
  await tokens.close()
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
      TesouroTokensModule.forRoot(tenants.optionsOf('north')),
      TesouroTokensModule.forRoot(tenants.registrationOf('south')),
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
