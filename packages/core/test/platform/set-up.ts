import { onTestFinished } from 'vitest'
import { createPlatformFetch } from '../../src/platform/platform-fetch.js'
import { json, type Reply, type ScriptedServer, startServer } from '../token-endpoint/scripted-server.js'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What the platform says of a token that has expired, with 400. */
export const expired = { error: { message: 'The token has been expired.' } }

/** Answers the first request so, and every later one with 200. */
export const firstly = (reply: Reply): Reply => {
  return (response, seen, index) =>
    index === 0 ? reply(response, seen, index) : json(response, 200, { index })
}

export interface Rig {
  server: ScriptedServer
  /** What each request for a token asked for. */
  asked: { rejectedToken?: string | undefined }[]
  call: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Ends the calls under way, as a logout does. */
  end: (reason: Error) => void
}

interface Overrides {
  fetch?: Fetch
  base?: (url: URL) => URL
  getToken?: (options: { rejectedToken?: string | undefined }) => Promise<string>
}

/** `fetch` with a token, in front of a scripted server; tokens are token-0, token-1, … */
export async function setUp(reply: Reply, overrides: Overrides = {}): Promise<Rig> {
  const server = await startServer(reply)
  onTestFinished(() => server.close())
  const asked: Rig['asked'] = []
  const ending = new AbortController()
  const platformFetch = createPlatformFetch({
    settings: {
      baseUrl: overrides.base?.(server.url) ?? server.url,
      fetch: overrides.fetch ?? ((input, init) => fetch(input, init)),
      timeouts: { attemptMs: 5_000, exchangeMs: 10_000, callMs: 20_000, cacheMs: 250 },
    },
    credentials: { current: async () => ({ clientId: 'client-1', clientSecret: '', widgetKey: undefined }) },
    budget: { count: () => {}, heedRest: () => {} },
  })
  return {
    server,
    asked,
    end: (reason) => ending.abort(reason),
    call: (input, init) =>
      platformFetch(
        input,
        init,
        async ({ rejectedToken }) => {
          asked.push({ rejectedToken })
          return overrides.getToken?.({ rejectedToken }) ?? `token-${asked.length - 1}`
        },
        { signal: ending.signal, hasToken: () => {}, throwIfEnded: () => ending.signal.throwIfAborted() },
      ),
  }
}
