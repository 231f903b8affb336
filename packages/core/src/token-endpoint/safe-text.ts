import { toHex } from '../lib/hex.js'

// What the platform says about a refusal is worth showing, but an error description may repeat what was sent, and
// what was sent holds every secret. So foreign text is shown only if nothing of a secret can be found in it, however
// it was encoded.

/** The characters that RFC 6749 §5.2 allows in `error` and `error_description`. */
const allowed = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

/** A run this long that text and secret have in common counts as a leak of a part. */
const telling = 12

/** Codes that standards define: they say nothing about anybody, and must stay readable whatever the secrets are. */
const registeredErrors: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_token_type',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
])

/** The `error` of a refusal, if it can be shown. */
export function safeErrorCode(value: unknown, secrets: readonly string[]): string | undefined {
  if (typeof value === 'string' && registeredErrors.has(value)) return value
  return safeText(value, 64, secrets)
}

/** The `error_description` of a refusal, if it can be shown. */
export function safeDescription(value: unknown, secrets: readonly string[]): string | undefined {
  return safeText(value, 200, secrets)
}

/** A request id, if it can be shown: the platform's own word for a request, and so never one of ours. */
export function safeRequestId(value: unknown, secrets: readonly string[]): string | undefined {
  return safeText(value, 128, secrets)
}

function safeText(value: unknown, maxLength: number, secrets: readonly string[]): string | undefined {
  if (typeof value !== 'string' || value.length > maxLength || !allowed.test(value)) return undefined
  const readings = [value, percentDecoded(value)]
  // Every JOSE token in compact form begins like this: one that we do not know is as secret as one that we do.
  if (readings.some((reading) => /eyJ/i.test(reading))) return undefined
  return secrets.some((secret) => readings.some((reading) => repeats(reading, secret))) ? undefined : value
}

function repeats(text: string, secret: string): boolean {
  if (secret === '') return false
  return (
    text.toLowerCase().includes(secret.toLowerCase()) ||
    encodings(secret).some(
      (encoding) =>
        sharesRun(text.toLowerCase(), encoding.toLowerCase()) || sharesRun(bare(text), bare(encoding)),
    )
  )
}

/** Letters and digits alone: with separators gone, base64 and base64url, `aa:bb` and `aabb` are the same. */
const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

function sharesRun(text: string, form: string): boolean {
  const run = Math.min(telling, form.length)
  if (run === 0) return false
  for (let start = 0; start + run <= text.length; start += 1) {
    if (form.includes(text.slice(start, start + run))) return true
  }
  return false
}

function encodings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  // Base64 looks different for each of the three positions at which the secret may begin inside a longer text. The
  // characters that also hold bits of a neighbour are left out.
  const base64 = [0, 1, 2].map((offset) => {
    const binary = '\0'.repeat(offset) + Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    const encoded = btoa(binary).replace(/=+$/, '')
    return encoded.slice(offset === 0 ? 0 : offset + 1, Math.floor((binary.length * 8) / 6))
  })
  return [secret, encodeURIComponent(new TextDecoder().decode(bytes)), toHex(bytes), ...base64]
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}
