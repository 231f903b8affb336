import { Buffer } from 'node:buffer'
import { inspect } from 'node:util'

/** Every form in which a secret could slip into a text. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const forms = [secret, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
  return [...forms, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
}

/** Everything that a value shows: to `inspect`, to JSON, and an error's own parts down its chain of causes. */
function everythingOf(value: unknown): string {
  const seen = [inspect(value, { depth: 9, showHidden: true, getters: true }), safeJson(value), String(value)]
  if (value instanceof Error) seen.push(value.message, value.stack ?? '', everythingOf(value.cause))
  return seen.join('\n')
}

/** The secrets that a value shows in some form. */
export function leaked(value: unknown, secrets: readonly string[]): string[] {
  const text = everythingOf(value)
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)))
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
