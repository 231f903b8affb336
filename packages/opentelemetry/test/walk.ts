import { SharedStore } from '@tesouro-tokens/conformance/shared-store'
import { openWorld, userOf } from '@tesouro-tokens/conformance/world'
import type { TokenCache } from '@tesouro-tokens/core'
import { createWidgetTokenHandler } from '@tesouro-tokens/core'
import type { Collected } from './collected.js'

/** A store that tells how late a logout is heard, as Redis does. */
function open(store: SharedStore): TokenCache {
  const cache = store.open()
  return {
    ...cache,
    onForget: (listener) => {
      const stop = cache.onForget?.((subject, what) =>
        listener(subject, { renewal: what?.renewal === true, lateMs: 12 }),
      )
      return () => stop?.()
    },
  }
}

const fromElsewhere = {
  ...{ method: 'POST', host: 'bank.example', body: undefined, request: undefined },
  headers: { 'sec-fetch-site': 'cross-site' },
} satisfies Parameters<ReturnType<typeof createWidgetTokenHandler<undefined>>>[0]

/** Two processes and one person's day, so that everything happens that is measured. */
export async function walk(collected: Collected): Promise<void> {
  await using world = await openWorld()
  const { sandbox, clock } = world
  const store = new SharedStore(clock)
  const { clientId, clientSecret, widgetSecret, ...options } = sandbox.options
  const credentials = async () => ({ clientId, clientSecret, widgetSecret })
  const { revocationPath } = sandbox
  const common = {
    requestsPerSecond: 25,
    revocationPath,
    clientId: undefined,
    clientSecret: undefined,
    widgetSecret: undefined,
  }
  const start = () => world.start({ ...options, ...common, credentials, cache: open(store) })
  const [here, elsewhere] = [start(), start()]
  const user = userOf(1)

  await collected.request('POST /widget-token', () => here.tokens.mintWidgetToken(user))
  const handle = createWidgetTokenHandler({ tokens: here.tokens, getUser: () => user, onRefusal: () => {} })
  await collected.request('POST /widget-token', () => handle(fromElsewhere))
  const undo = sandbox.faults.slow(150)
  await Promise.all(
    [here, elsewhere].map(({ tokens }) =>
      collected.request('GET /accounts', () => tokens.getUserAccessToken(user)),
    ),
  )
  undo()
  clock.pass(3_400_000)
  await collected.request('GET /accounts', () => here.tokens.getUserAccessToken(user))
  await here.settled()
  await collected.request('POST /roles', () => here.tokens.renewUser(user))
  await collected.request('GET /accounts', () => here.tokens.getUserAccessToken(user))
  await collected.request('POST /logout', () => here.tokens.forgetUser(user, { revoke: true }))
  clock.step(120_000)
  await here.tokens.getAppAccessToken()
  store.failure = () => Promise.reject(new Error('gone'))
  for (let n = 2; n < 9; n += 1) await here.tokens.getUserAccessToken(userOf(n))
}
