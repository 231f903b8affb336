import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError } from '@tesouro-tokens/core'

/** What GraphQL servers put into the context of a resolver: Apollo `req`, Mercurius `reply`, graphql-ws `extra`. */
interface GraphqlContext {
  req?: object & { extra?: { request?: object } }
  reply?: { request?: object }
  extra?: { request?: object }
}

/**
 * The HTTP request behind what Nest calls a handler for: the request itself, that of a resolver's operation, or that
 * with which a socket was opened.
 *
 * @throws ConfigurationError where there is none, with what would put it there
 */
export function requestOf(context: ExecutionContext): object {
  const type: string = context.getType()
  const request = find[type]?.(context)
  if (request === undefined || request === null)
    throw new ConfigurationError([
      `@CurrentUserAccessToken: ${missing[type] ?? `a handler of the kind "${type}" has no HTTP request`}. Or call getUserAccessToken(user) with a user that you have authenticated`,
    ])
  return request
}

const find: Readonly<Record<string, (context: ExecutionContext) => object | null | undefined>> = {
  http: (context) => context.switchToHttp().getRequest<object | null>(),
  graphql: (context) => {
    const { req, reply, extra }: GraphqlContext = context.getArgByIndex(2) ?? {}
    return req?.extra?.request ?? req ?? reply?.request ?? extra?.request
  },
  ws: (context) => context.switchToWs().getClient<{ request?: object }>().request,
}

const missing: Readonly<Record<string, string>> = {
  graphql:
    'the GraphQL context has no request, for which getUser could say who is signed in. Put it there: ' +
    'GraphQLModule.forRoot({ context: ({ req }) => ({ req }), … })',
  ws:
    'the socket has no request, for which getUser could say who is signed in. Socket.IO keeps it; with ws keep it ' +
    'yourself: handleConnection(client, request) { client.request = request }',
  rpc: 'a message from another service has no HTTP request, for which getUser could say who is signed in',
}
