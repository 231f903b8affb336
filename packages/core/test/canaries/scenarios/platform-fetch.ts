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
      await stage.refused('configuration', () => tokens.fetchAsUser(user, target))
      await stage.refused('configuration', () => tokens.fetchAsApp(target))
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
      await stage.refused('configuration', () => tokens.fetchAsUser(user, '/accounts', init))
    }
    const used = new Request('http://127.0.0.1:9/x', { method: 'POST', body: everySecret })
    await used.text()
    await stage.refused('configuration', () => tokens.fetchAsApp(used))
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
