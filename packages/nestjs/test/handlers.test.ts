import 'reflect-metadata'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  type LoggerService,
  UseGuards,
} from '@nestjs/common'
import { ExecutionContextHost } from '@nestjs/core/internal'
import { GqlExecutionContext, GraphQLModule, Query, Resolver } from '@nestjs/graphql'
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices'
import { WsAdapter } from '@nestjs/platform-ws'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import {
  CurrentUserAccessToken,
  type TesouroTokens,
  TesouroTokensModule,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { lastValueFrom } from 'rxjs'
import { io } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { requestOf } from '../src/request-of.js'
import { platforms, serve } from './application.js'

const tokens = {
  ready: async () => {},
  mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
  getUserAccessToken: async ({ sub }: { sub: string }) => ({ accessToken: `token-of-${sub}` }),
} as unknown as TesouroTokens
const userOf = ({ headers }: IncomingMessage) =>
  headers.cookie === undefined
    ? null
    : { sub: headers.cookie.replace('session=', ''), email: 'alice@example.com' }
const module = TesouroTokensModule.forRoot({ tokens, getUser: userOf, path: false })
const express = platforms[0][1]
const cookie = 'session=alice'

/** What Nest logs as an error or a warning. */
function listen(): { logged: string[]; logger: LoggerService } {
  const logged: string[] = []
  const note = (said: unknown): void => void logged.push(String(said))
  return { logged, logger: { log() {}, error: note, warn: note } }
}

interface WithUser {
  user?: { sub: string; email: string } | null
}

@Injectable()
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = GqlExecutionContext.create(context).getContext<{ req: IncomingMessage & WithUser }>()
    req.user = userOf(req)
    return true
  }
}

@Resolver()
class AccountsResolver {
  @Query(() => String)
  token(@CurrentUserAccessToken() token: UserAccessToken): string {
    return token.accessToken
  }

  @Query(() => String)
  @UseGuards(SessionGuard)
  guarded(@CurrentUserAccessToken('guarded') token: UserAccessToken): string {
    return token.accessToken
  }
}

const graphql = {
  imports: [
    module,
    TesouroTokensModule.forRoot({
      tokens,
      name: 'guarded',
      getUser: (request: WithUser) => request.user,
      path: false as const,
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
  ],
  providers: [AccountsResolver],
}
const ask = async (origin: string, query: string, headers: object = { cookie }): Promise<unknown> =>
  (
    await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
  ).json()

test('a GraphQL resolver gets no token, or one of somebody who is not signed in', async () => {
  const { origin } = await serve(express, graphql)
  expect(await ask(origin, '{ token guarded }')).toEqual({
    data: { token: 'token-of-alice', guarded: 'token-of-alice' },
  })
  for (const query of ['{ token }', '{ guarded }'])
    expect(await ask(origin, query, {})).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
})

// Nest's own drivers always put the request there; mercurius and graphql-ws under names of theirs, other drivers do not.
test('a GraphQL context without its request is no clear mistake', () => {
  const of = (graphqlContext: object): object => {
    const context = new ExecutionContextHost([undefined, {}, graphqlContext, {}])
    context.setType('graphql')
    return requestOf(context)
  }
  const request = { headers: {} }
  for (const found of [
    { req: request },
    { reply: { request } },
    { extra: { request } },
    { req: { extra: { request } } },
  ])
    expect(of(found)).toBe(request)
  expect(() => of({})).toThrow(/@CurrentUserAccessToken: the GraphQL context.* context: \(\{ req \}\)/)
})

test('a handler of a kind that nobody foresaw, or without arguments, fails with a TypeError', () => {
  const of = (kind: string) => {
    const context = new ExecutionContextHost([])
    context.setType(kind)
    return () => requestOf(context)
  }
  expect(of('mqtt')).toThrow(/a handler of the kind "mqtt" has no HTTP request.*getUserAccessToken\(user\)/)
  expect(of('graphql')).toThrow(/the GraphQL context has no request/)
})

@WebSocketGateway()
class AccountsGateway {
  @SubscribeMessage('token')
  token(@CurrentUserAccessToken() token: UserAccessToken): object {
    return { event: 'token', data: token.accessToken }
  }
}
@WebSocketGateway()
class KeepingGateway extends AccountsGateway {
  handleConnection(client: WebSocket & { request?: IncomingMessage }, request: IncomingMessage): void {
    client.request = request
  }
  @SubscribeMessage('token')
  override token(@CurrentUserAccessToken() token: UserAccessToken): object {
    return super.token(token)
  }
}

test('a message over Socket.IO gets no token, or one of somebody who is not signed in', async () => {
  const { origin } = await serve(express, { imports: [module], providers: [AccountsGateway] })
  const answerOf = async (extraHeaders: Record<string, string>): Promise<unknown[]> => {
    const socket = io(origin, { extraHeaders, transports: ['websocket'], forceNew: true })
    onTestFinished(() => void socket.close())
    return new Promise((resolve, reject) => {
      socket.on('connect_error', reject)
      for (const event of ['token', 'exception']) socket.on(event, (data) => resolve([event, data]))
      socket.emit('token', 'please')
    })
  }
  expect(await answerOf({ cookie })).toEqual(['token', 'token-of-alice'])
  expect(await answerOf({})).toEqual(['exception', expect.objectContaining({ status: 'error' })])
})

test('a message over ws finds no request, and nobody says that it has to be kept', async () => {
  const answerOf = async (gateway: typeof AccountsGateway, logger: LoggerService): Promise<unknown> => {
    const { origin } = await serve(express, { imports: [module], providers: [gateway] }, (app) => {
      app.useWebSocketAdapter(new WsAdapter(app))
      app.useLogger(logger)
    })
    const socket = new WebSocket(origin.replace('http', 'ws'), { headers: { cookie } })
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    socket.send(JSON.stringify({ event: 'token', data: '' }))
    return JSON.parse(String((await once(socket, 'message'))[0]))
  }
  const { logged, logger } = listen()
  expect(await answerOf(KeepingGateway, logger)).toEqual({ event: 'token', data: 'token-of-alice' })
  expect(logged).toEqual([])
  expect(await answerOf(AccountsGateway, logger)).toMatchObject({ event: 'exception' })
  expect(logged.join()).toMatch(
    /@CurrentUserAccessToken: the socket has no request.*client\.request = request/,
  )
})

@Controller()
class MessagesController {
  @MessagePattern('token')
  token(@CurrentUserAccessToken() token: UserAccessToken): string {
    return token.accessToken
  }
}

test('a message of another service takes its own data for a request', async () => {
  const { logged, logger } = listen()
  const { app } = await serve(express, { imports: [module], controllers: [MessagesController] }, (it) =>
    it.useLogger(logger),
  )
  const service = app.connectMicroservice({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
  })
  await service.listen()
  const { port } = service.unwrap<{ address(): { port: number } }>().address()
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  })
  onTestFinished(() => client.close())
  const forged = { headers: { cookie } }
  await expect(lastValueFrom(client.send('token', forged))).rejects.toMatchObject({ status: 'error' })
  expect(logged.join()).toMatch(/a message from another service has no HTTP request/)
})
