import { decode as decodeBase64url } from 'jose/base64url'
import { SubjectTokenError } from '../errors.js'
import { meansNone } from './algorithms.js'

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

type Claims = { sub: string; email: string; exp: number; nbf?: number }

const isText = (value: unknown): boolean => typeof value === 'string'

const claimChecks: { readonly [Name in keyof Required<Claims>]: (value: unknown) => boolean } = {
  sub: isText,
  email: isText,
  exp: Number.isFinite,
  nbf: (value) => value === undefined || Number.isFinite(value),
}

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
  const { alg } = decode(part) ?? {}
  if (typeof alg !== 'string') throw refused('has no header with an alg')
  if (unsecured && alg === 'none' && !signed) return
  if (meansNone(alg))
    throw refused('is unsecured (alg none): only unsecuredSubjectToken() says that this is agreed')
  if (!signed) throw refused('has no signature')
}

function checkClaims(part: string, expected: ForeignTokenExpectations): number {
  const { sub, email, exp, nbf } = readClaims(part)
  if (sub !== expected.sub) throw refused("has a sub that is not the user's")
  if (asciiLowerCase(email) !== asciiLowerCase(expected.email))
    throw refused("has an email that is not the user's")
  if (exp > absurdSeconds) throw refused('has an exp that looks like milliseconds: NumericDate is in seconds')
  if (exp - expected.now < expected.minimumLifeSeconds) {
    throw refused(`expires too soon: ${expected.minimumLifeSeconds} s are wanted at least`)
  }
  if (nbf !== undefined && nbf > expected.now + clockToleranceSeconds) throw refused('is not valid yet (nbf)')
  return Math.floor(exp)
}

function readClaims(part: string): Claims {
  const claims = decode(part)
  const wrong =
    claims === undefined
      ? ['claims']
      : Object.entries(claimChecks).flatMap(([name, isRight]) => (isRight(claims[name]) ? [] : [name]))
  if (wrong.length > 0) throw refused(`lacks, or has in another type than it should: ${wrong.join(', ')}`)
  return claims as Claims
}

/** The JSON object that a part holds; `undefined` when it is other JSON. */
function decode(part: string): { readonly [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64url(part)))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as { readonly [name: string]: unknown }) : undefined
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
