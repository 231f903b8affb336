import { onTestFinished, vi } from 'vitest'
import {
  createTesouroTokens,
  type TesouroTokens,
  type TesouroTokensEvent,
  type TesouroTokensOptions,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { json, type Reply, type ScriptedServer, startServer } from '../token-endpoint/scripted-server.js'

export const accessTokenType: string = 'urn:ietf:params:oauth:token-type:access_token'

/** Tokens for whoever asks; REST calls get 200 with these headers, or what `rest` says. */
export const platform = (rest: Reply = (response) => json(response, 200, {})): Reply => {
  return (response, seen, index) => {
    if (!seen.path.startsWith('/openid')) return rest(response, seen, index)
    json(response, 200, {
      access_token: 'token',
      token_type: 'Bearer',
      expires_in: 3_600,
      issued_token_type: accessTokenType,
    })
  }
}

export const baseUrl: string = 'https://platform.example'
export const granted = async (): Promise<Response> =>
  Response.json({ access_token: 'token', token_type: 'Bearer', issued_token_type: accessTokenType })

export interface Rig {
  server: ScriptedServer
  tokens: TesouroTokens
  events: TesouroTokensEvent[]
  /** Asks for a token of somebody new. */
  exchange(): Promise<unknown>
  rest(): Promise<Response>
  /** Requests of each kind that have arrived. */
  seen(): { tokens: number; rest: number }
}

export async function setUp(reply: Reply, options: Partial<TesouroTokensOptions> = {}): Promise<Rig> {
  const server = await startServer(reply)
  onTestFinished(() => server.close())
  return { server, ...start(server, options) }
}

/** One more process. */
export function start(server: ScriptedServer, options: Partial<TesouroTokensOptions>): Omit<Rig, 'server'> {
  const events: TesouroTokensEvent[] = []
  const tokens = createTesouroTokens({
    baseUrl: server.url.href,
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    retry: false,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => tokens.close())
  let users = 0
  return {
    tokens,
    events,
    exchange() {
      users += 1
      return tokens.getUserAccessToken({ sub: `user-${users}`, email: 'user@bank.example' })
    },
    rest: () => tokens.fetchAsApp('/accounts'),
    seen() {
      const count = server.seen.filter(({ path }) => path.startsWith('/openid')).length
      return { tokens: count, rest: server.seen.length - count }
    },
  }
}

/** Lets simulated time pass until work has settled. */
export async function settled<Result>(work: Promise<Result>): Promise<Result> {
  let waiting = true
  const stop = (): void => {
    waiting = false
  }
  work.then(stop, stop)
  while (waiting) {
    await vi.advanceTimersByTimeAsync(20)
    await new Promise(setImmediate)
  }
  return work
}
