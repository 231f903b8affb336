import type { JWK } from 'jose'
import { createJwsSigner } from '#crypto'
import type { JwsSigner, SignatureKind } from '../crypto/jws-signer.js'
import {
  type AlgorithmRow,
  algorithmProblem,
  algorithms,
  type SubjectTokenAlgorithm,
} from '../crypto/signature-algorithms.js'
import { ConfigurationError, SubjectTokenError } from '../errors.js'
import { andThen, orFailWith } from '../lib/and-then.js'
import { askApplication } from '../lib/call-application.js'
import { createProblems } from '../lib/problems.js'
import { createRenewed } from '../lib/renewed-value.js'
import { textProblem } from '../lib/text.js'
import { createClaims, type IssuerOptions } from './claims.js'
import { addIssuerProblems } from './issuer-problems.js'
import { keyProblem, kindOfKey } from './key-problem.js'
import type { SubjectTokenContext, SubjectTokenEnvironment, SubjectTokenSource } from './source.js'
import type { SubjectTokenKey } from './subject-token-key.js'

/** What {@link signedSubjectToken} takes. */
export interface SignedSubjectTokenOptions extends IssuerOptions {
  /** The key, or a function that gives it, for a key management service or a secret that rotates. */
  key: SubjectTokenKey | (() => SubjectTokenKey | Promise<SubjectTokenKey>)
  /** `alg` of the token (RFC 7518 §3.1). Never read from the key: what is agreed at onboarding is said here. */
  algorithm: SubjectTokenAlgorithm
  /** `kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key. */
  keyId?: string | undefined
  /** How old an answer of a key function may be before it is asked again in the background, in seconds. Default 300. */
  keyMaxAgeSeconds?: number | undefined
}

const deadlineMs = 5_000

/**
 * Subject tokens signed here, by the partner's own key (RFC 7515, RFC 7519).
 *
 * @throws ConfigurationError with every problem that can be seen at once. What has to be waited for, such as a
 * key function or damaged PEM, fails in `ready()` or at the first use.
 *
 * @example
 * ```ts
 * import { signedSubjectToken } from '@tesouro-tokens/core'
 * import { readFileSync } from 'node:fs'
 *
 * export const subjectToken = signedSubjectToken({
 *   key: readFileSync('subject-token-key.pem', 'utf8'),
 *   algorithm: 'ES256',
 *   keyId: '2026-11',
 *   issuer: 'https://bank.example',
 * })
 * ```
 */
export function signedSubjectToken(options: SignedSubjectTokenOptions): SubjectTokenSource {
  return createSignedSubjectToken(options, (option) => `signedSubjectToken ${option}`)
}

/** The same, for options that the reader knows under other names. */
export function createSignedSubjectToken(
  options: SignedSubjectTokenOptions,
  nameOf: (option: string) => string,
): SubjectTokenSource {
  const { key, algorithm, keyId, issuer, audience, keyMaxAgeSeconds = 300 } = { ...options }
  const row = checkOptions({ key, algorithm, keyId, issuer, audience, keyMaxAgeSeconds }, nameOf)
  const header = { alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) }
  const claimsFor = createClaims({ issuer, audience })
  const signerFor = signerHolder({
    key,
    keyMaxAgeSeconds,
    kind: { algorithm, row, header },
    name: nameOf('key'),
  })

  return Object.freeze({
    unsecured: false,
    foreign: false,
    async ready(environment) {
      await signerFor(environment)
    },
    create: (user, context) =>
      andThen(signerFor(context), (sign) =>
        orFailWith(
          () => new SubjectTokenError(`the subject token could not be signed with ${algorithm}`),
          () => sign(JSON.stringify(claimsFor(user, context))),
        ),
      ),
  } satisfies SubjectTokenSource)
}

function checkOptions(
  options: SignedSubjectTokenOptions & { keyMaxAgeSeconds: number },
  nameOf: (option: string) => string,
): AlgorithmRow {
  const problems = createProblems(nameOf)
  const { key, algorithm, keyId, keyMaxAgeSeconds } = options
  const problem = algorithmProblem(algorithm)
  if (problem !== undefined) problems.add('algorithm', problem)
  else if (typeof key !== 'function') {
    const wrong = keyProblem(key, algorithm, algorithms[algorithm])
    if (wrong !== undefined) problems.add('key', wrong)
  }
  if (keyId !== undefined) {
    const wrong = textProblem(keyId)
    if (wrong !== undefined) problems.add('keyId', wrong)
  }
  addIssuerProblems(options, problems)
  if (
    !(
      typeof keyMaxAgeSeconds === 'number' &&
      keyMaxAgeSeconds > 0 &&
      keyMaxAgeSeconds < Number.POSITIVE_INFINITY
    )
  ) {
    problems.add('keyMaxAgeSeconds', 'must be a positive number of seconds')
  }
  if (problems.any) throw problems.error()
  return algorithms[algorithm]
}

/** Gives what signs with the key: a fixed one is imported once, a function's answer again when it is old. */
function signerHolder(options: {
  key: SignedSubjectTokenOptions['key']
  keyMaxAgeSeconds: number
  kind: SignatureKind
  name: string
}): (
  context: SubjectTokenEnvironment & Pick<SubjectTokenContext, 'signal'>,
) => JwsSigner | Promise<JwsSigner> {
  const { keyMaxAgeSeconds, kind, name } = options
  const key = typeof options.key === 'function' ? options.key : copyOf(options.key)
  const signerOf = async (key: SubjectTokenKey): Promise<JwsSigner> => {
    const own = copyOf(key)
    const { importKey } = await import('./import-key.js')
    return createJwsSigner(await importKey(own, { ...kind, name }), kind)
  }
  if (typeof key !== 'function') {
    let imported: JwsSigner | Promise<JwsSigner> | undefined
    return () => {
      imported ??= signerOf(key).then((signer) => {
        imported = signer
        return signer
      })
      return imported
    }
  }
  const renewed = createRenewed({
    async ask() {
      const failure = (what: string): Error =>
        new ConfigurationError([`${name}: the function ${what}`], { retryable: true })
      return signerOf(await askApplication(key, { ms: deadlineMs, failure }))
    },
    maxAgeMs: keyMaxAgeSeconds * 1_000,
    deadlineMs,
  })
  return (context) => renewed.current(context, context.signal)
}

/** Later changes of the caller's are not followed: they would show at the first token, or not at all. */
function copyOf(key: SubjectTokenKey): SubjectTokenKey {
  if (key instanceof Uint8Array) return Uint8Array.from(key)
  return kindOfKey(key) === 'jwk' ? { ...(key as JWK) } : key
}
