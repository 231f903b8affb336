import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import { askApplication } from '../lib/call-application.js'
import { detachable } from '../lib/deadline.js'
import { hexKeyBytes } from '../lib/hex-key.js'
import { checkOptions } from '../lib/option.js'
import { createRenewed } from '../lib/renewed-value.js'
import type { Observer } from '../observer.js'
import type { TesouroCredentials } from './options.js'
import { credentialsSchema } from './schema.js'
import type { Credentials, CredentialsHolder, Settings } from './settings.js'

const askAfterRefusalMs = 30_000

/** Holds the credentials: those of the options, or the answers of the `credentials` function. */
export function createCredentialsHolder(parts: {
  settings: Settings
  observer: Observer
  deadlineMs?: number
}): CredentialsHolder {
  const { settings, observer, deadlineMs = 5_000 } = parts
  const { fixed } = settings.credentials
  if (fixed !== undefined) {
    return { current: () => fixed, afterRefusal: async () => undefined }
  }
  const { ask, maxAgeMs } = settings.credentials
  const { clock } = settings
  const renewed = createRenewed<Credentials>({ ask: (held) => askAndTell(held), maxAgeMs, deadlineMs })
  let askedAfterRefusalAt: number | undefined

  async function askAndTell(held: Credentials | undefined): Promise<Credentials> {
    try {
      const answer = await askOnce(ask, deadlineMs)
      const unchanged = held !== undefined && sameCredentials(held, answer)
      observer.emit({ type: 'credentials', outcome: 'ok', changed: !unchanged })
      return unchanged ? held : answer
    } catch (error) {
      const outcome = isTesouroTokensError(error) ? error.code : 'configuration'
      observer.emit({ type: 'credentials', outcome, changed: false })
      throw error
    }
  }

  return {
    current: (how) => renewed.current(settings, how?.signal),

    async afterRefusal(refused, how) {
      const signal = how?.signal
      if (renewed.held !== undefined && !sameClient(renewed.held, refused)) return renewed.held
      if (askedAfterRefusalAt !== undefined && clock.monotonic() - askedAfterRefusalAt < askAfterRefusalMs) {
        if (!renewed.asking) return undefined
      } else {
        askedAfterRefusalAt = clock.monotonic()
      }
      signal?.throwIfAborted()
      const answer = await detachable(renewed.renew(settings), signal).catch(() => undefined)
      signal?.throwIfAborted()
      return answer !== undefined && !sameClient(answer, refused) ? answer : undefined
    },
  }
}

/** @throws ConfigurationError, retryable when the function failed and not when its answer is wrong */
const askOnce = (ask: () => unknown, ms: number): Promise<Credentials> =>
  askApplication(ask, readCredentials, {
    ms,
    failure: (what) => new ConfigurationError([`credentials: the function ${what}`], { retryable: true }),
  })

function readCredentials(answer: unknown): Credentials {
  if (typeof answer !== 'object' || answer === null) {
    throw new ConfigurationError(['credentials: its answer must be an object with clientId and clientSecret'])
  }
  const nameOf = (name: string): string => `credentials: ${name} in its answer`
  return new HeldCredentials(checkOptions(credentialsSchema, answer, nameOf))
}

/** Whether both name the same client with the same secrets. */
function sameCredentials(one: Credentials, other: Credentials): boolean {
  return sameClient(one, other) && String(one.widgetKey) === String(other.widgetKey)
}

/** Whether the token endpoint would see the same client and secret. */
function sameClient(one: Credentials, other: Credentials): boolean {
  return one.clientId === other.clientId && one.clientSecret === other.clientSecret
}

/**
 * Credentials that have been checked, behind accessors of the prototype: neither `util.inspect` nor `JSON.stringify` nor
 * a spread finds the secrets.
 */
export class HeldCredentials implements Credentials {
  readonly #clientId: string
  readonly #clientSecret: string
  readonly #widgetKey: Uint8Array<ArrayBuffer> | undefined

  constructor({ clientId = '', clientSecret = '', widgetSecret }: Partial<TesouroCredentials>) {
    this.#clientId = clientId
    this.#clientSecret = clientSecret
    this.#widgetKey = widgetSecret ? hexKeyBytes(widgetSecret) : undefined
  }

  get clientId(): string {
    return this.#clientId
  }

  get clientSecret(): string {
    return this.#clientSecret
  }

  get widgetKey(): Uint8Array<ArrayBuffer> | undefined {
    return this.#widgetKey
  }
}
