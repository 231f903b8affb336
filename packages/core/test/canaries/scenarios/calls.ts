import { tracingChannel } from 'node:diagnostics_channel'
import { memoryTokenCache, type TokenCache } from '../../../src/index.js'
import { fakeClock } from '../../fake-clock.js'
import { json } from '../../token-endpoint/scripted-server.js'
import { everySecret, hostileError, secrets, user } from '../secrets.js'
import { grant, grants, hangs, type Scenarios } from '../stage.js'

/** Resolves when something has happened, so that what comes next comes in the middle of it. */
function moment(): { reached: Promise<void>; reach: () => void } {
  let reach = (): void => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return { reached, reach }
}

export const calls: Scenarios = {
  async 'secrets in place of a signal'(stage) {
    const tokens = stage.tokens(await stage.serve(grants))
    for (const signal of [everySecret, { aborted: everySecret }] as never[]) {
      await stage.refused('invalid_request', () => tokens.mintWidgetToken(user, { signal }))
      await stage.refused('invalid_request', () => tokens.getUserAccessToken(user, { signal }))
    }
  },

  async 'who listens to the trace of an exchange logs the user out'(stage) {
    const tokens = stage.tokens(await stage.serve(grants))
    const channel = tracingChannel('tesouro-tokens:obtain')
    const listener = {
      start: () => void tokens.forgetUser(user).catch(() => {}),
      end() {},
      asyncStart() {},
      asyncEnd() {},
      error() {},
    }
    channel.subscribe(listener)
    await stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
    channel.unsubscribe(listener)
  },

  async 'a call, and the exchange behind it, that take too long'(stage) {
    const tokens = stage.tokens(await stage.serve(hangs), { timeouts: { callMs: 40, exchangeMs: 15_000 } })
    await stage.refused('upstream_unavailable', () => tokens.getUserAccessToken(user))
    await stage.refused('upstream_unavailable', () => tokens.getAppAccessToken())
  },

  async 'a token that expires on its way'(stage) {
    const clock = fakeClock()
    const server = await stage.serve((response, { form }) => {
      clock.advance(5_000)
      grant(response, form, { expires_in: 1 })
    })
    const tokens = stage.tokens(server, { clock })
    await stage.refused('upstream_response', () => tokens.getUserAccessToken(user))
  },

  async 'a token that grows too old while the cache is written to'(stage) {
    const clock = fakeClock()
    const inner = memoryTokenCache()
    const slow: TokenCache = {
      ...inner,
      local: false,
      set: (...given) => {
        clock.advance(86_400_000)
        return inner.set(...given)
      },
    }
    const tokens = stage.tokens(await stage.serve(grants), { clock, cache: slow })
    await stage.refused('upstream_response', () => tokens.getUserAccessToken(user))
  },

  async 'a platform that is asked at start-up and refuses, is another server, or is down'(stage) {
    const refuses = await stage.serve((response) =>
      json(response, 401, { error: 'invalid_client', error_description: everySecret }),
    )
    await stage.refused('configuration', () => stage.tokens(refuses).ready({ platform: true }))
    const other = await stage.serve((response) => json(response, 200, { [everySecret]: everySecret }))
    await stage.refused('configuration', () => stage.tokens(other).ready({ platform: true }))
    const clock = { now: () => Date.now() + 600_000, monotonic: () => performance.now() }
    const dated = stage.tokens(await stage.serve(grants), { clock })
    await stage.refused('configuration', () => dated.ready({ platform: true }))
    const down = await stage.serve((response) => json(response, 503, { everySecret }))
    await stage.refused('upstream_unavailable', () => stage.tokens(down).ready({ platform: true }))
  },

  async 'a logout while a token is fetched'(stage) {
    const { reached, reach } = moment()
    const tokens = stage.tokens(await stage.serve(reach))
    const call = stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
    await reached
    await tokens.forgetUser(user)
    await call
  },

  async 'a logout in the turn in which a token was found'(stage) {
    const tokens = stage.tokens(await stage.serve(grants))
    await tokens.getUserAccessToken(user)
    const call = stage.refused('user_forgotten', () => tokens.getUserAccessToken(user))
    await tokens.forgetUser(user)
    await call
  },

  async 'closing while a token is fetched, and everything afterwards'(stage) {
    const { reached, reach } = moment()
    const tokens = stage.tokens(await stage.serve(reach))
    const call = stage.refused('closed', () => tokens.getUserAccessToken(user))
    await reached
    await tokens.close()
    await call
    await stage.refused('closed', () => tokens.ready())
    await stage.refused('closed', () => tokens.mintWidgetToken(user))
    await stage.refused('closed', () => tokens.getUserAccessToken(user))
    await stage.refused('closed', () => tokens.fetchAsApp('/x'))
    await stage.refused('closed', () => tokens.forgetUser(user))
    stage.show('tokens', await tokens.health())
  },

  async 'listeners that throw'(stage) {
    const throws = (): never => {
      throw hostileError()
    }
    const tokens = stage.tokens(await stage.serve(grants), { onEvent: throws, waitUntil: throws })
    await tokens.getUserAccessToken(user)
    await tokens.mintWidgetToken(user)
    stage.show('tokens', await tokens.forgetUser(user))
  },

  async 'a logout that the cache does not record'(stage) {
    const forget = (): Promise<never> => Promise.reject(hostileError(secrets.accessToken))
    const cache = { ...memoryTokenCache(), local: false, forget }
    const tokens = stage.tokens(await stage.serve(grants), { cache })
    await tokens.getUserAccessToken(user)
    await stage.refused('cache_unavailable', () => tokens.forgetUser(user))
  },
}
