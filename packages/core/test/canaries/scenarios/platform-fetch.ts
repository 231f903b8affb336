import { json } from '../../token-endpoint/scripted-server.js'
import { everySecret, hostileError, secrets, user } from '../secrets.js'
import { grant, grants, type Scenarios } from '../stage.js'

const hostileTargets: readonly (string | URL | Request)[] = [
  everySecret,
  `//${secrets.widgetSecret}.example`,
  `/\t/${everySecret}`,
  `/a\\${everySecret}`,
  `/a/../${everySecret}`,
  `/%2e%2E/${encodeURIComponent(everySecret)}`,
  new URL(`https://elsewhere.example/?${encodeURIComponent(everySecret)}`),
  new URL(`http://user:${secrets.widgetSecret}@127.0.0.1:9/`),
  { href: everySecret } as URL,
]

export const platformFetch: Scenarios = {
  async 'targets that are refused'(stage) {
    const tokens = stage.tokens(undefined)
    for (const target of hostileTargets) {
      await stage.refused('invalid_request', () => tokens.fetchAsUser(user, target))
      await stage.refused('invalid_request', () => tokens.fetchAsApp(target))
    }
  },

  async 'requests that are refused'(stage) {
    const tokens = stage.tokens(undefined)
    const headers: Record<string, string>[] = [
      { authorization: `Bearer ${secrets.accessToken}` },
      { 'x-secret': `${secrets.accessToken}\nx: ${everySecret}` },
      { [everySecret]: everySecret },
    ]
    for (const init of [
      ...headers.map((given) => ({ headers: given })),
      { redirect: everySecret as 'follow' },
    ]) {
      await stage.refused('invalid_request', () => tokens.fetchAsUser(user, '/accounts', init))
    }
    const used = new Request('http://127.0.0.1:9/x', { method: 'POST', body: everySecret })
    await used.text()
    await stage.refused('invalid_request', () => tokens.fetchAsApp(used))
    const body = everySecret
    const signal = { aborted: everySecret } as unknown as AbortSignal
    for (const init of [{ method: everySecret }, { method: 'GET', body }, { body, signal }]) {
      await stage.refused('invalid_request', () => tokens.fetchAsApp('/x', init))
    }
    await stage.refused('invalid_request', () => tokens.fetchAsApp(`http://[${everySecret}`))
  },

  async 'a fetch that is none'(stage) {
    const wrong: readonly (() => unknown)[] = [
      () => everySecret,
      () => ({ status: 200, headers: new Headers(), body: undefined, secret: everySecret }),
      () => ({
        status: 200,
        headers: new Headers([['a', everySecret]]),
        body: (async function* () {})(),
        statusText: '\n',
      }),
      () => new Response(everySecret, { headers: { a: everySecret } }),
      () => {
        throw new ReferenceError(everySecret)
      },
    ]
    for (const give of wrong) {
      const answer = give as () => Response
      const tokens = stage.tokens(undefined, {
        fetch: async () => {
          const response = answer()
          if (response instanceof Response) await response.text()
          return response
        },
      })
      await stage.refused('configuration', () => tokens.getAppAccessToken())
    }
    const text = new ReadableStream({ start: (controller) => controller.enqueue(everySecret) })
    const tokens = stage.tokens(undefined, { fetch: async () => new Response(text) })
    await stage.refused('upstream_response', () => tokens.getAppAccessToken())
  },

  async 'a fetch that throws what it was given'(stage) {
    const server = await stage.serve(grants)
    const { accessToken, appToken } = secrets
    const tokens = stage.tokens(server, {
      fetch: async (input, init) => {
        if (String(input).includes('/openid/')) return fetch(input, init)
        const authorization = new Headers(init?.headers).get('authorization') ?? ''
        throw hostileError(authorization.includes(accessToken) ? accessToken : appToken)
      },
    })
    await stage.refused('upstream_unavailable', () => tokens.fetchAsUser(user, '/accounts'))
    await stage.refused('upstream_unavailable', () => tokens.fetchAsApp('/accounts'))
    await stage.refused('upstream_unavailable', () => tokens.fetchAsApp(new URL('/accounts', server.url)))
  },

  async 'calls whose token the platform calls expired'(stage) {
    const server = await stage.serve((response, { path, form }) => {
      if (path.startsWith('/openid/')) grant(response, form)
      else json(response, 401, { error: { message: everySecret } })
    })
    const tokens = stage.tokens(server)
    for (const body of [undefined, everySecret]) {
      await tokens.fetchAsUser(user, '/accounts?limit=10', { method: 'POST', body: body ?? null })
      await tokens.fetchAsApp('/accounts')
    }
  },
}
