import { hexKeyBytes, hexKeyProblem } from '../lib/hex-key.js'
import type { Problems } from '../lib/problems.js'
import { textProblem } from '../lib/text.js'
import type { Credentials } from './settings.js'

const wantedWidgetSecret = '64 hex digits are wanted, as onboarding hands them out'

/**
 * Checks the client's credentials, whether they are options or the answer of the `credentials` function.
 * `undefined` when there is a problem.
 */
export function readCredentials(
  given: { readonly [name: string]: unknown },
  problems: Pick<Problems, 'add'>,
): Credentials | undefined {
  const clientId = readSecret(given.clientId, 'clientId', problems)
  const clientSecret = readSecret(given.clientSecret, 'clientSecret', problems)
  const widgetSecret = given.widgetSecret ?? undefined
  const problem = widgetSecret === undefined ? undefined : hexKeyProblem(widgetSecret, wantedWidgetSecret)
  if (problem !== undefined) problems.add('widgetSecret', problem)
  if (clientId === undefined || clientSecret === undefined || problem !== undefined) return undefined
  const key = widgetSecret === undefined ? undefined : hexKeyBytes(widgetSecret as string)
  return new HeldCredentials(clientId, clientSecret, key)
}

/** Whether both name the same client with the same secrets. */
export function sameCredentials(one: Credentials, other: Credentials): boolean {
  return sameClient(one, other) && String(one.widgetKey) === String(other.widgetKey)
}

/** Whether the token endpoint would see the same client and secret. */
export function sameClient(one: Credentials, other: Credentials): boolean {
  return one.clientId === other.clientId && one.clientSecret === other.clientSecret
}

function readSecret(value: unknown, name: string, problems: Pick<Problems, 'add'>): string | undefined {
  const padded = typeof value === 'string' && value.trim() !== '' && value.trim() !== value
  const problem = padded ? 'has white space or a line break around it' : textProblem(value)
  if (problem === undefined) return value as string
  problems.add(name, problem)
  return undefined
}

/** Accessors of the prototype: neither `util.inspect` nor `JSON.stringify` nor a spread finds the secrets. */
class HeldCredentials implements Credentials {
  readonly #clientId: string
  readonly #clientSecret: string
  readonly #widgetKey: Uint8Array<ArrayBuffer> | undefined

  constructor(clientId: string, clientSecret: string, key: Uint8Array<ArrayBuffer> | undefined) {
    this.#clientId = clientId
    this.#clientSecret = clientSecret
    this.#widgetKey = key
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
