import {
  createWidgetTokenHandler,
  isTesouroTokensError,
  subjectTokenFrom,
  type WidgetTokenInput,
  type WidgetTokenOptions,
  widgetTokenEndpoint,
} from '../../../src/index.js'
import { email, everySecret, hostileError, secrets, sub, user } from '../secrets.js'
import type { Scenarios, Stage } from '../stage.js'

type Options = WidgetTokenOptions<unknown>

const type = { 'content-type': 'application/json' }

/** Requests that hold a secret wherever a request can. */
const requests: readonly Partial<WidgetTokenInput<unknown>>[] = [
  {},
  { method: everySecret },
  { method: 'OPTIONS', headers: { origin: 'https://allowed.example' } },
  { headers: { ...type, origin: `https://${secrets.widgetSecret}.example` } },
  { headers: { ...type, origin: everySecret } },
  {
    headers: { ...type, origin: 'https://allowed.example', cookie: everySecret, authorization: everySecret },
  },
  { headers: { 'content-type': everySecret }, body: everySecret },
  { headers: type, body: everySecret },
  { headers: type, body: JSON.stringify({ userId: sub, userEmail: email }) },
  { headers: type, body: { userId: everySecret } },
  { headers: type, body: { userEmail: everySecret } },
  { headers: type, body: JSON.stringify({ [everySecret]: everySecret.repeat(60) }) },
  { headers: { ...type, 'content-length': everySecret }, body: '{}' },
  { headers: { ...type, 'content-length': '9' } },
  { headers: type, body: failingBody() },
]

async function* failingBody(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(everySecret)
  throw hostileError()
}

const fails = (): never => {
  throw hostileError()
}

/** Asks with every request; answers are kept, and so is what is told about errors of ours. */
async function ask(stage: Stage, options: Partial<Options>): Promise<void> {
  const given: Options = {
    tokens: stage.tokens(undefined),
    getUser: () => user,
    mintLimit: false,
    allowedOrigins: ['https://allowed.example'],
    ...options,
  }
  const onError = (error: unknown): void => {
    if (isTesouroTokensError(error)) stage.show('onError', error)
  }
  const onRefusal: Options['onRefusal'] = (refusal) => stage.show('onRefusal', refusal)
  for (const handle of [
    createWidgetTokenHandler<unknown>(given),
    createWidgetTokenHandler<unknown>({ ...given, onRefusal }),
    createWidgetTokenHandler<unknown>({ ...given, onError }),
    createWidgetTokenHandler<unknown>({ ...given, onError: fails }),
  ]) {
    stage.show('tokens', handle)
    for (const request of requests) {
      const input = { method: 'POST', host: 'bank.example', headers: {}, request: everySecret, ...request }
      const { headers, ...answer } = await handle(input)
      // an allowed origin gets itself back, as CORS wants it
      const { 'access-control-allow-origin': _, ...rest } = headers
      stage.show('response', { ...answer, headers: rest })
    }
  }
}

export const endpoint: Scenarios = {
  async 'requests full of secrets'(stage) {
    await ask(stage, {})
    await ask(stage, { getUser: () => null })
    await ask(stage, { mintLimit: { perMinute: 1 } })
    await ask(stage, { getUser: () => ({ ...user, sub: '' }) })
    await ask(stage, { getUser: () => ({ ...user, sub: `${everySecret}\n` }) })
  },

  async 'functions of the application that throw'(stage) {
    for (const throws of [
      fails,
      (): Promise<never> => Promise.reject(hostileError()),
      (): Promise<never> => Promise.reject(everySecret),
    ]) {
      await ask(stage, { getUser: throws })
      await ask(stage, { tokens: throws })
      await ask(stage, { allowedOrigins: throws })
      await ask(stage, { tokens: stage.tokens(undefined, { subjectToken: subjectTokenFrom(throws) }) })
      await ask(stage, { tokens: stage.tokens(undefined, { credentials: throws }) })
    }
  },

  async 'a fetch server, whose request was already read'(stage) {
    const url = 'https://bank.example/widget-token'
    const serve = widgetTokenEndpoint({
      tokens: stage.tokens(undefined),
      getUser: () => user,
      onError: (error) => stage.show('onError', error),
    })
    for (const read of [true, false]) {
      const request = new Request(url, {
        method: 'POST',
        headers: type,
        body: JSON.stringify({ userId: sub }),
      })
      if (read) await request.text()
      const answer = await serve(request)
      stage.show('response', [answer.status, [...answer.headers], await answer.text()])
    }
  },

  async 'options that are refused'(stage) {
    const tokens = stage.tokens(undefined)
    const getUser = (): typeof user => user
    for (const value of [
      everySecret,
      [everySecret],
      { everySecret, perMinute: everySecret },
      hostileError(),
    ]) {
      for (const name of ['tokens', 'getUser', 'allowedOrigins', 'mintLimit', 'onError', 'onRefusal']) {
        const options = { tokens, getUser, [name]: value, allowedOrigins: [`https://x/${everySecret}`] }
        await stage.refused('configuration', () => createWidgetTokenHandler(options as never))
      }
      await stage.refused('configuration', () => createWidgetTokenHandler(value as never))
    }
  },
}
