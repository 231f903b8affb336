import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  createTesouroTokens,
  isTesouroTokensError,
  signedSubjectToken,
  type TesouroTokens,
  type TesouroTokensErrorCode,
  type TesouroTokensEvent,
  type TesouroTokensOptions,
  type TesouroTokensTrace,
} from '../../src/index.js'
import { json, type Reply, type ScriptedServer, startServer } from '../token-endpoint/scripted-server.js'
import { addSecret } from './search.js'
import { secrets, signingKeyPem } from './secrets.js'

/** Something that somebody outside could see. */
export interface Evidence {
  where: string
  value: unknown
}

const eventTypes: Record<TesouroTokensEvent['type'], true> = {
  ...{ mint: true, cache_hit: true, cache_miss: true, cache_failure: true, cache_guard: true, clock: true },
  ...{ lease_wait: true, exchange: true, refresh: true, forget: true, revoke: true, refusal: true },
  ...{ credentials: true, renew: true },
}

const traceTypes: Record<TesouroTokensTrace['type'], true> = {
  ...{ mint: true, obtain: true, exchange: true, revoke: true },
  ...{ cache: true, lease_wait: true, slot_wait: true },
}

/** Every diagnostics channel on which core publishes. */
const channels = [
  ...['event', ...Object.keys(eventTypes)].map((type) => `tesouro-tokens:${type}`),
  ...Object.keys(traceTypes).flatMap((type) =>
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
      (moment) => `tracing:tesouro-tokens:${type}:${moment}`,
    ),
  ),
]

/** Where the scenarios play: everything that can be seen from outside is kept, to be searched afterwards. */
export class Stage {
  readonly evidence: Evidence[] = []
  readonly #closing: (() => Promise<void>)[] = []
  readonly #onPublished = (event: unknown, channel: string | symbol): void => {
    this.show(`diagnostics channel ${String(channel)}`, event)
  }

  constructor() {
    for (const channel of channels) subscribe(channel, this.#onPublished)
  }

  show(where: string, value: unknown): void {
    this.evidence.push({ where, value })
  }

  /** A platform that answers as it is told. Subject tokens that reach it are secrets from then on. */
  async serve(reply: Reply): Promise<ScriptedServer> {
    const server = await startServer((response, seen, index) => {
      this.show('request line', `${seen.method} ${seen.path}`)
      const subjectToken = seen.form.get('subject_token')
      if (subjectToken !== null) addSecret('a subject token', subjectToken)
      reply(response, seen, index)
    })
    this.#closing.push(() => server.close())
    return server
  }

  /** Tokens whose every secret is a canary. Without a server, nothing is expected to reach the platform. */
  tokens(server: ScriptedServer | undefined, options: Partial<TesouroTokensOptions> = {}): TesouroTokens {
    const tokens = createTesouroTokens({
      baseUrl: server?.url.href ?? 'http://127.0.0.1:9/',
      ...(options.credentials === undefined && {
        clientId: 'client-1',
        clientSecret: secrets.clientSecret,
        widgetSecret: secrets.widgetSecret,
      }),
      subjectToken: signedSubjectToken({ key: signingKeyPem, algorithm: 'ES256' }),
      retry: false,
      onEvent: (event) => this.show(`event ${event.type}`, event),
      ...options,
      // All scenarios run at once, on a machine that others may be using.
      timeouts: { attemptMs: 60_000, exchangeMs: 120_000, callMs: 150_000, ...options.timeouts },
    })
    this.#closing.push(() => tokens.close())
    this.show('tokens', tokens)
    return tokens
  }

  /** Work that has to fail; with `code`, with an error of ours. What it throws is kept. */
  async refused(code: TesouroTokensErrorCode | undefined, work: () => unknown): Promise<void> {
    let thrown: unknown
    try {
      await work()
    } catch (error) {
      this.show('thrown', error)
      thrown = error
    }
    if (thrown === undefined) throw new Error(`nothing was thrown by ${work}`)
    if (code !== undefined && !isTesouroTokensError(thrown, code)) {
      throw new Error(`not ${code} from ${work}`, { cause: thrown })
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
    for (const channel of channels) unsubscribe(channel, this.#onPublished)
  }
}

/** What happens in one area: named after what it is about, run one after the other. */
export type Scenarios = Readonly<Record<string, (stage: Stage) => unknown>>

/** A token for whoever asks. */
export const grants: Reply = (response, { form }) => grant(response, form)

export function grant(
  response: Parameters<Reply>[0],
  form: URLSearchParams,
  members: Readonly<Record<string, unknown>> = {},
): void {
  const forUser = form.has('subject_token')
  json(response, 200, {
    access_token: forUser ? secrets.accessToken : secrets.appToken,
    token_type: 'Bearer',
    expires_in: 3_600,
    ...(forUser && { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }),
    ...members,
  })
}

/** No answer, ever. */
export const hangs: Reply = () => {}
