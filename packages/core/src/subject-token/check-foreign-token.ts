import { decode as decodeBase64url } from 'jose/base64url'
import * as z from 'zod/mini'
import { meansNone } from '../crypto/signature-algorithms.js'
import { SubjectTokenError } from '../errors.js'
import { asGiven } from '../lib/option.js'

/** What a token that was made elsewhere has to be. */
export interface ForeignTokenExpectations {
  sub: string
  email: string
  /** Whether `alg: none` is agreed. */
  unsecured: boolean
  /** Seconds since the epoch. */
  now: number
  /** How long it has to live at least, in seconds. */
  minimumLifeSeconds: number
}

const maximumBytes = 8_192
const clockToleranceSeconds = 60
// beyond the year 5000: milliseconds where seconds belong
const absurdSeconds = 1e11

const headerSchema = asGiven(z.object({ alg: z.string() }))
const claimsSchema = asGiven(
  z.object({
    sub: z.string(),
    email: z.string(),
    exp: z.number(),
    nbf: z.optional(z.number()),
  }),
)

/**
 * Checks a JWT that was made elsewhere, and tells its `exp`, in seconds since the epoch. The signature is the platform's to check: this
 * library has no key for it. What it keeps out are tokens that are nobody's, another's, or nearly over.
 *
 * @throws SubjectTokenError that repeats nothing of the token
 */
export function checkForeignToken(
  token: unknown,
  expected: ForeignTokenExpectations,
): { token: string; exp: number } {
  if (typeof token !== 'string') throw refused('is not a string')
  if (token.length > maximumBytes) throw refused('is larger than 8 KiB')
  const parts = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(token)
  if (parts === null) throw refused('is not a JWT in compact form (RFC 7515 §7.1)')
  const [, header = '', payload = '', signature] = parts
  checkAlgorithm(header, signature !== '', expected.unsecured)
  return { token, exp: checkClaims(payload, expected) }
}

function checkAlgorithm(part: string, signed: boolean, unsecured: boolean): void {
  const header = headerSchema.safeParse(decode(part))
  if (!header.success) throw refused('has no header with an alg')
  const { alg } = header.data
  if (unsecured && alg === 'none' && !signed) return
  if (meansNone(alg))
    throw refused('is unsecured (alg none): only unsecuredSubjectToken() says that this is agreed')
  if (!signed) throw refused('has no signature')
}

function checkClaims(part: string, expected: ForeignTokenExpectations): number {
  const decoded = decode(part)
  const parsed = claimsSchema.safeParse(decoded)
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'claims')))]
    throw refused(`has no usable ${names.join(', ')}`)
  }
  const { sub, email, exp, nbf } = parsed.data
  if (sub !== expected.sub) throw refused("has a sub that is not the user's")
  if (asciiLowerCase(email) !== asciiLowerCase(expected.email))
    throw refused("has an email that is not the user's")
  if (exp > absurdSeconds) throw refused('has an exp that looks like milliseconds: NumericDate is in seconds')
  if (exp - expected.now < expected.minimumLifeSeconds) {
    throw refused(`expires too soon: ${expected.minimumLifeSeconds} s are needed at least`)
  }
  if (nbf !== undefined && nbf > expected.now + clockToleranceSeconds) throw refused('is not valid yet (nbf)')
  return Math.floor(exp)
}

function decode(part: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64url(part)))
  } catch {
    throw refused('is not base64url of JSON')
  }
}

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function refused(why: string): SubjectTokenError {
  return new SubjectTokenError(`the subject token that was made elsewhere ${why}`)
}
