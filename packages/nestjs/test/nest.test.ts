import type { IncomingMessage } from 'node:http'
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  Injectable,
  type NestInterceptor,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common'
import { HttpAdapterHost, Reflector } from '@nestjs/core'
import { type TesouroTokens, TesouroTokensModule, WIDGET_TOKEN_ROUTE } from '@tesouro-tokens/nestjs'
import { map, type Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { platforms, serve } from './application.js'

const tokens = {
  ready: async () => {},
  mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
} as unknown as TesouroTokens

const options = {
  tokens,
  getUser: ({ headers }: IncomingMessage) =>
    headers.cookie === 'session=alice' ? { sub: 'alice', email: 'alice@example.com' } : null,
}
const signedIn = { cookie: 'session=alice' }
const post = (url: string, headers: Record<string, string> = signedIn): Promise<Response> =>
  fetch(url, { method: 'POST', headers })

@Controller('other')
class OtherController {
  @Get()
  answer(): object {
    return { other: true }
  }
}

@Injectable()
class EnvelopeInterceptor implements NestInterceptor {
  readonly reflector: Reflector
  constructor(reflector: Reflector) {
    this.reflector = reflector
  }
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get(WIDGET_TOKEN_ROUTE, context.getHandler())) return next.handle()
    return next.handle().pipe(map((data: unknown) => ({ data })))
  }
}

@Injectable()
class Doorman {
  lets(request: IncomingMessage): boolean {
    return request.headers['x-door'] === 'open'
  }
}

@Injectable()
class DoorGuard implements CanActivate {
  readonly doorman: Doorman
  constructor(doorman: Doorman) {
    this.doorman = doorman
  }
  canActivate(context: ExecutionContext): boolean {
    return this.doorman.lets(context.switchToHttp().getRequest())
  }
}

@Catch(HttpException)
class HouseStyleFilter implements ExceptionFilter {
  readonly host: HttpAdapterHost
  constructor(host: HttpAdapterHost) {
    this.host = host
  }
  catch(exception: HttpException, host: ArgumentsHost): void {
    const problem = exception.getResponse() as { code: string }
    this.host.httpAdapter.reply(
      host.switchToHttp().getResponse(),
      { house: 'style', code: problem.code },
      exception.getStatus(),
    )
  }
}

describe.each(platforms)('on %s', (_name, platform) => {
  test('path: false still opens a route, or another path also the default one', async () => {
    const none = await serve(platform, {
      imports: [TesouroTokensModule.forRoot({ ...options, path: false })],
    })
    expect((await post(`${none.origin}/tesouro/widget-token`)).status).toBe(404)
    const other = await serve(platform, {
      imports: [TesouroTokensModule.forRoot({ ...options, path: '/a/b/' })],
    })
    expect((await post(`${other.origin}/a/b`)).status).toBe(200)
    expect((await post(`${other.origin}/tesouro/widget-token`)).status).toBe(404)
  })

  test('guards are not asked, or guard another route', async () => {
    const { origin } = await serve(platform, {
      imports: [
        TesouroTokensModule.forRootAsync({
          imports: [{ module: class {}, providers: [Doorman], exports: [Doorman] }],
          useFactory: () => options,
          guards: [DoorGuard],
        }),
      ],
      controllers: [OtherController],
    })
    expect((await post(`${origin}/tesouro/widget-token`)).status).toBe(403)
    expect((await post(`${origin}/tesouro/widget-token`, { ...signedIn, 'x-door': 'open' })).status).toBe(200)
    expect((await fetch(`${origin}/other`)).status).toBe(200)
  })

  test('a route without its guard answers 401 to everybody and nobody says why', async () => {
    const told: string[] = []
    const { origin } = await serve(platform, {
      imports: [
        TesouroTokensModule.forRoot({
          tokens,
          getUser: (request: IncomingMessage & { user?: { sub: string; email: string } }) => request.user,
          onRefusal: ({ code, hint }) => told.push(`${code}: ${hint}`),
        }),
      ],
    })
    expect((await post(`${origin}/tesouro/widget-token`)).status).toBe(401)
    expect(told.join('\n')).toMatch(/^not_signed_in: .*guards: \[YourGuard\]/)
  })

  test('a global ValidationPipe that refuses what it does not know refuses the widget', async () => {
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) =>
      app.useGlobalPipes(
        new ValidationPipe({
          whitelist: true,
          forbidNonWhitelisted: true,
          forbidUnknownValues: true,
          transform: true,
        }),
      ),
    )
    const answer = await fetch(`${origin}/tesouro/widget-token`, {
      method: 'POST',
      headers: { ...signedIn, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'alice', userEmail: 'alice@example.com', theme: 'dark' }),
    })
    expect(answer.status).toBe(200)
  })

  test('an envelope around every answer cannot be told to leave this one alone', async () => {
    const { origin } = await serve(
      platform,
      { imports: [TesouroTokensModule.forRoot(options)], controllers: [OtherController] },
      (app) => app.useGlobalInterceptors(new EnvelopeInterceptor(app.get(Reflector))),
    )
    expect(await (await fetch(`${origin}/other`)).json()).toEqual({ data: { other: true } })
    expect(await (await post(`${origin}/tesouro/widget-token`)).json()).toEqual({
      widgetToken: 'token',
      exp: 4_000_000_000,
      expiresIn: expect.any(Number),
    })
  })

  test('interceptors do not see the answer before it is sent', async () => {
    const seen: unknown[] = []
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) =>
      app.useGlobalInterceptors({
        intercept: (_context: ExecutionContext, next: CallHandler) =>
          next.handle().pipe(
            map((data: object) => {
              seen.push(data)
              return { ...data, added: true }
            }),
          ),
      }),
    )
    const answer = await post(`${origin}/tesouro/widget-token`)
    expect(await answer.json()).toMatchObject({ widgetToken: 'token', added: true })
    expect(seen).toEqual([expect.objectContaining({ widgetToken: 'token' })])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('an exception filter of the application is passed by, or loses the endpoint’s headers', async () => {
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) =>
      app.useGlobalFilters(new HouseStyleFilter(app.get(HttpAdapterHost))),
    )
    const refused = await post(`${origin}/tesouro/widget-token`, {})
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({ house: 'style', code: 'not_signed_in' })
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="widget-token"')
    const method = await fetch(`${origin}/tesouro/widget-token`)
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  test('what others have put into Vary is lost', async () => {
    const { origin } = await serve(platform, { imports: [TesouroTokensModule.forRoot(options)] }, (app) =>
      app.useGlobalInterceptors({
        intercept: (context: ExecutionContext, next: CallHandler) => {
          const response = context.switchToHttp().getResponse()
          app.getHttpAdapter().setHeader?.(response, 'Vary', 'Accept-Encoding')
          app.getHttpAdapter().setHeader?.(response, 'Cache-Control', 'public, max-age=60')
          return next.handle()
        },
      }),
    )
    const { headers } = await post(`${origin}/tesouro/widget-token`)
    expect(headers.get('vary')).toBe('Accept-Encoding, Origin, Sec-Fetch-Site')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('a guard of the application for its own routes, by decorator, meets the route’s', async () => {
    @Controller('closed')
    @UseGuards({ canActivate: () => false })
    class ClosedController {
      @Get()
      answer(): string {
        return 'never'
      }
    }
    const { origin } = await serve(platform, {
      imports: [TesouroTokensModule.forRoot({ ...options, guards: [{ canActivate: () => true }] })],
      controllers: [ClosedController],
    })
    expect((await fetch(`${origin}/closed`)).status).toBe(403)
    expect((await post(`${origin}/tesouro/widget-token`)).status).toBe(200)
  })
})
