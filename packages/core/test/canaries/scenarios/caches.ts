import {
  cacheKeysFromEnv,
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  splitWidgetTokenOptions,
  type TokenCache,
} from '../../../src/index.js'
import { everySecret, hostileError, secrets, user } from '../secrets.js'
import { grants, type Scenarios } from '../stage.js'

const fails = (): Promise<never> => Promise.reject(hostileError())

/** A cache of which nothing works, and whose errors tell everything. */
const broken: TokenCache = {
  get: fails,
  set: fails,
  delete: fails,
  forget: fails,
  lease: fails,
  close: fails,
}

const key = { subject: secrets.sub, variant: secrets.email }

export const caches: Scenarios = {
  async 'secrets where a cache is wanted'(stage) {
    for (const value of [everySecret, { [everySecret]: everySecret }, hostileError()]) {
      const options = { shared: value, local: value } as never
      await stage.refused('configuration', () => layeredTokenCache(options))
    }
    await stage.refused('configuration', () => layeredTokenCache({ shared: broken, local: broken }))
    await stage.refused('configuration', () => layeredTokenCache(undefined as never))
  },

  async 'secrets as the names of options'(stage) {
    await stage.refused('configuration', () => splitWidgetTokenOptions({ [everySecret]: everySecret }))
  },

  async 'secrets as the keys of a cache'(stage) {
    const { widgetSecret } = secrets
    for (const key of [
      everySecret,
      widgetSecret.slice(1),
      `"${widgetSecret}"`,
      [everySecret],
      hostileError(),
    ]) {
      const options = { keys: [widgetSecret, widgetSecret, key] } as never
      await stage.refused('configuration', () => encryptedTokenCache(broken, options))
      await stage.refused('configuration', () => encryptedTokenCache(key as never, key as never))
      await stage.refused('configuration', () => stage.tokens(undefined, { cacheNameKey: key as never }))
      const twice = { TESOURO_CACHE_KEYS: `${widgetSecret},${widgetSecret},${key}` }
      await stage.refused('configuration', () => cacheKeysFromEnv(twice))
    }
    await stage.refused('configuration', () => cacheKeysFromEnv({ [everySecret]: everySecret }))
    const throwing = {
      get TESOURO_CACHE_KEYS(): string {
        throw new Error(everySecret)
      },
    }
    await stage.refused('configuration', () => cacheKeysFromEnv(throwing))
  },

  async 'a cache that is sealed, with what was not sealed in it'(stage) {
    const server = await stage.serve(grants)
    const memory = memoryTokenCache()
    const foreign: TokenCache['get'] = async (key) => ({ ...(await memory.get(key)), value: everySecret })
    const forget = async (): Promise<string[]> => [everySecret]
    const inner = { ...memory, local: false, get: foreign, forget }
    const cache = encryptedTokenCache(inner, { keys: [secrets.widgetSecret] })
    const tokens = stage.tokens(server, { cache, cacheNameKey: secrets.widgetSecret })
    await tokens.getUserAccessToken(user)
    stage.show('tokens', await tokens.forgetUser(user))
    stage.show('tokens', cache)
  },

  async 'a shared cache of which nothing works, until its guard opens'(stage) {
    const server = await stage.serve(grants)
    for (const cache of [{ ...broken }, layeredTokenCache({ shared: broken })]) {
      const tokens = stage.tokens(server, { cache })
      for (let call = 0; call < 8; call += 1) {
        await tokens.getUserAccessToken(user)
        await tokens.getAppAccessToken()
      }
      await stage.refused('cache_unavailable', () => tokens.forgetUser(user))
      stage.show('tokens', await tokens.health())
      stage.show('tokens', cache)
    }
    const alone = layeredTokenCache({ shared: broken })
    for (let call = 0; call < 8; call += 1) {
      await stage.refused('cache_unavailable', () => alone.lease?.(key, 1_000))
      await stage.refused('cache_unavailable', () => alone.forget(key.subject))
    }
    await stage.refused('cache_unavailable', () => alone.close?.())
  },

  async 'a cache in memory that throws'(stage) {
    const server = await stage.serve(grants)
    const cache = { ...memoryTokenCache(), ...broken, local: true }
    const tokens = stage.tokens(server, { cache })
    await tokens.getUserAccessToken(user)
    await stage.refused('cache_unavailable', () => tokens.forgetUser(user))
  },
}
