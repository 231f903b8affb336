import type { IncomingMessage } from 'node:http'
import { Controller, Get, type LoggerService } from '@nestjs/common'
import {
  CurrentUserAccessToken,
  type TesouroTokens,
  TesouroTokensModule,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { describe, expect, test } from 'vitest'
import { platforms, serve } from './application.js'

const tokens = {
  ready: async () => {},
  mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
  getUserAccessToken: async ({ sub }: { sub: string }) => ({ accessToken: `token-of-${sub}` }),
} as unknown as TesouroTokens
type WithUser = IncomingMessage & { user?: { sub: string; email: string } }

@Controller('mine')
class MineController {
  @Get()
  token(@CurrentUserAccessToken() token: UserAccessToken): string {
    return token.accessToken
  }
}

describe.each(platforms)('on %s', (_name, platform) => {
  const get = (origin: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}/mine`, { headers })

  test('a handler without the guard that knows its user answers 401 for ever and nobody says why', async () => {
    const logged: string[] = []
    const note = (said: unknown): void => void logged.push(String(said))
    const logger: LoggerService = { log() {}, error: note, warn: note }
    const { origin } = await serve(
      platform,
      {
        imports: [TesouroTokensModule.forRoot({ tokens, getUser: (request: WithUser) => request.user })],
        controllers: [MineController],
      },
      (app) => app.useLogger(logger),
    )
    expect((await get(origin)).status).toBe(401)
    expect(logged).toEqual([])
    for (let i = 0; i < 3; i += 1) expect((await get(origin, { cookie: 'session=alice' })).status).toBe(401)
    expect(logged).toEqual([expect.stringMatching(/MineController\.token: .*@UseGuards\(YourGuard\)/)])
  })

  test('a session that has ended is told of as a missing guard, or a listener that throws changes the answer', async () => {
    const told: string[] = []
    const { origin } = await serve(platform, {
      imports: [
        TesouroTokensModule.forRoot({
          tokens,
          getUser: ({ headers }: IncomingMessage) =>
            headers.cookie === 'session=alice' ? { sub: 'alice', email: 'alice@example.com' } : null,
          onRefusal: ({ code }) => {
            told.push(code)
            throw new Error('the logger is down')
          },
        }),
      ],
      controllers: [MineController],
    })
    const ended = { cookie: 'session=ended' }
    expect(await (await get(origin, { cookie: 'session=alice' })).text()).toBe('token-of-alice')
    expect((await get(origin, ended)).status).toBe(401)
    expect(told).toEqual([])
    const cold = await serve(platform, {
      imports: [
        TesouroTokensModule.forRoot({
          tokens,
          getUser: () => null,
          onRefusal: ({ code }) => {
            told.push(code)
            throw new Error('the logger is down')
          },
        }),
      ],
      controllers: [MineController],
    })
    expect((await get(cold.origin, ended)).status).toBe(401)
    expect(told).toEqual(['not_signed_in'])
  })
})
