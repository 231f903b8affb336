import type { IncomingMessage } from 'node:http'
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type MiddlewareConsumer,
  Module,
  RequestMethod,
  Scope,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common'
import { type TesouroTokens, TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { describe, expect, test } from 'vitest'
import { platforms, serve, start } from './application.js'

const options = {
  tokens: {
    ready: async () => {},
    mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
  } as unknown as TesouroTokens,
  getUser: ({ headers }: IncomingMessage) =>
    headers.cookie === undefined ? null : { sub: 'alice', email: 'alice@example.com' },
}
const statusOf = async (url: string, headers: object = {}, method = 'POST'): Promise<number> =>
  (await fetch(url, { method, headers: { cookie: 'session=alice', ...headers } })).status

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<IncomingMessage>().headers.cookie !== undefined
  }
}

describe.each(platforms)('on %s', (_name, platform) => {
  test('a prefix does not move the route, or a default version does', async () => {
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) => {
      app.setGlobalPrefix('api')
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' })
    })
    expect(await statusOf(`${origin}/api/tesouro/widget-token`)).toBe(200)
    expect(await statusOf(`${origin}/api/v3/tesouro/widget-token`)).toBe(404)
    expect(await statusOf(`${origin}/tesouro/widget-token`)).toBe(404)
  })

  test('a widget, which sends no version, finds nothing where versions are told in headers', async () => {
    for (const versioning of [
      { type: VersioningType.HEADER, header: 'x-version', defaultVersion: '3' },
      { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '3' },
    ] as const) {
      const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) =>
        app.enableVersioning(versioning),
      )
      expect(await statusOf(`${origin}/tesouro/widget-token`)).toBe(200)
      expect(await statusOf(`${origin}/tesouro/widget-token`, { 'x-version': '3' })).toBe(200)
    }
  })

  test('a version that is asked for is not given to the route', async () => {
    const { origin } = await serve(
      platform,
      {
        imports: [
          TesouroTokensModule.forRoot({ ...options, version: ['2', VERSION_NEUTRAL], path: 'both' }),
          TesouroTokensModule.forRoot({ ...options, name: 'second', version: '2', path: 'two' }),
        ],
      },
      (app) => app.enableVersioning({ type: VersioningType.URI }),
    )
    const found = { '/both': 200, '/v2/both': 200, '/v2/two': 200, '/two': 404, '/v3/both': 404 }
    for (const [path, status] of Object.entries(found))
      expect([path, await statusOf(origin + path)]).toEqual([path, status])
  })

  test('what names the route with its method does not find it', async () => {
    const reached: string[] = []
    @Module({ imports: [TesouroTokensModule.forRoot(options)] })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        const note = (request: IncomingMessage, _response: unknown, next: () => void): void => {
          reached.push(`${request.method}`)
          next()
        }
        consumer
          .apply(note)
          .exclude({ path: 'tesouro/widget-token', method: RequestMethod.POST })
          .forRoutes({ path: '*path', method: RequestMethod.ALL })
      }
    }
    const { origin } = await serve(platform, { imports: [AppModule] }, (app) =>
      app.setGlobalPrefix('api', {
        exclude: [{ path: 'tesouro/widget-token', method: RequestMethod.POST }],
      }),
    )
    expect(await statusOf(`${origin}/tesouro/widget-token`)).toBe(200)
    expect(reached).toEqual([])
    expect(await statusOf(`${origin}/api/tesouro/widget-token`)).toBe(404)
  })

  test('a method that mints nothing is lost among the routes', async () => {
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] })
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])
      expect([method, await statusOf(`${origin}/tesouro/widget-token`, {}, method)]).toEqual([method, 405])
    expect(await statusOf(`${origin}/tesouro/widget-token`, { origin }, 'OPTIONS')).toBe(204)
  })

  test('a guard refuses the preflight of an allowed origin, which can carry no session', async () => {
    const allowed = 'https://app.example'
    const guards = [new RequestScopedGuard()]
    const { origin } = await serve(platform, {
      imports: [TesouroTokensModule.forRoot({ ...options, guards, allowedOrigins: [allowed] })],
    })
    const asked = { origin: allowed, 'access-control-request-method': 'POST' }
    const url = `${origin}/tesouro/widget-token`
    const preflight = await fetch(url, { method: 'OPTIONS', headers: asked })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, allowed])
    expect(await statusOf(url, { origin: 'https://evil.example' }, 'OPTIONS')).toBe(403)
    for (const method of ['POST', 'GET', 'PUT']) {
      const nobody = await fetch(url, { method, headers: { origin: allowed } })
      expect([method, nobody.status]).toEqual([method, 403])
    }
  })

  test('a refusal fills the log with warnings about its content type', async () => {
    const logged: unknown[] = []
    const note = (...given: unknown[]): void => void logged.push(given)
    const { origin } = await serve(
      platform,
      { imports: [TesouroTokensModule.forRoot({ ...options, guards: [RequestScopedGuard] })] },
      (app) => app.useLogger({ log() {}, error: note, warn: note, fatal: note }),
    )
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'content-length': '0', cookie: 'x' }])
      await statusOf(`${origin}/tesouro/widget-token`, headers)
    const refused = await fetch(`${origin}/tesouro/widget-token`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site', cookie: 'a' },
    })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      403,
      expect.stringMatching(/^application\/problem\+json/),
    ])
    expect(logged).toEqual([])
  })
})

test.each([
  ['tesouro/:kind', 'tesouro/widget-token'],
  [':tenant/widget-token', 'north/widget-token'],
  [':tenant/widget-token', 'tesouro/:kind'],
  ['*rest', 'a/b'],
  ['*rest/token', 'north/*rest'],
  ['a{/b}/c', 'a/c'],
  ['a/:x-:y', 'a/one-two'],
  ['a/:id', '/A/7/'],
])('two routes at one path start up, and the first answers for both: %s and %s', async (one, other) => {
  const module = (path: string, name: string) => TesouroTokensModule.forRoot({ ...options, path, name })
  for (const paths of [
    [one, other],
    [other, one],
  ])
    await expect(
      start(platforms[0][1], { imports: paths.map((path, index) => module(path, `${index}`)) }),
    ).rejects.toThrow('two registrations have')
})

test.each([
  [':tenant/widget-token', 'north/account-token'],
  ['tesouro/:kind', 'tesouro/north/widget-token'],
  ['a{/b}/c', 'a/d/c'],
  ['a/:x-:y', 'a/one'],
  ['/', 'tesouro/widget-token'],
])('routes that no path can match both are refused: %s and %s', async (one, other) => {
  const { close } = await start(platforms[0][1], {
    imports: [one, other].map((path, index) =>
      TesouroTokensModule.forRoot({ ...options, path, name: `${index}` }),
    ),
  })
  await close()
})

test('a guard that is made for each request takes away the check of paths', async () => {
  const module = (name: string) =>
    TesouroTokensModule.forRoot({ ...options, name, guards: [RequestScopedGuard] })
  await expect(start(platforms[0][1], { imports: [module('a'), module('b')] })).rejects.toThrow(
    'two registrations have',
  )
})
