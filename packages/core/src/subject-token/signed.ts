import type { JWK } from 'jose'
import { createJwsSigner } from '#crypto'
import type { JwsSigner, SignatureKind } from '../crypto/jws-signer.js'
import {
  type AlgorithmRow,
  algorithmProblem,
  algorithms,
  type SubjectTokenAlgorithm,
} from '../crypto/signature-algorithms.js'
import { ConfigurationError, isTesouroTokensError, SubjectTokenError } from '../errors.js'
import { askApplication } from '../lib/call-application.js'
import { createProblems, type Problems } from '../lib/problems.js'
import { andThen, orFailWith } from '../lib/promises.js'
import { createRenewed } from '../lib/renewed-value.js'
import { textProblem } from '../lib/text.js'
import { unknownNames } from '../lib/unknown-name.js'
import { createClaims, type IssuerOptions } from './claims.js'
import { createExternalSigner, type SubjectTokenSignFunction } from './external-signer.js'
import { importKey } from './import-key.js'
import { addIssuerProblems } from './issuer-problems.js'
import { keyProblem, kindOfKey } from './key-problem.js'
import { publicKeyProblem, type SubjectTokenPublicKey } from './public-key.js'
import type { SubjectTokenContext, SubjectTokenEnvironment, SubjectTokenSource } from './source.js'
import type { SubjectTokenKey } from './subject-token-key.js'

/** Options of {@link signedSubjectToken} with a key in this process. */
export interface SignedSubjectTokenOptions extends IssuerOptions {
  /** The private key, or a function that returns it, for a secret manager. A key in a KMS or HSM signs by `sign`. */
  key: SubjectTokenKey | (() => SubjectTokenKey | Promise<SubjectTokenKey>)
  /** `alg` of the token (RFC 7518 §3.1), as agreed at onboarding. Never read from the key. */
  algorithm: SubjectTokenAlgorithm
  /** `kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key. */
  keyId?: string | undefined
  /** How old the answer of a `key` function may be, in seconds, before it is called again in the background. Default 300. */
  keyMaxAgeSeconds?: number | undefined
}

/** Options of {@link signedSubjectToken} with a key in a KMS or HSM. */
export interface ExternallySignedSubjectTokenOptions extends IssuerOptions {
  /**
   * Signs the given bytes and returns the signature's bytes; for EC keys DER, or R and S joined. It has 5 seconds for a
   * token; when it throws it is called again, twice at most. It runs outside any request.
   */
  sign: SubjectTokenSignFunction
  /** The public key: the first signature is checked with it. Default: no check. */
  publicKey?: SubjectTokenPublicKey | undefined
  /** `alg` of the token (RFC 7518 §3.1). */
  algorithm: SubjectTokenAlgorithm
  /** `kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key. */
  keyId?: string | undefined
}

const deadlineMs = 5_000

/**
 * Subject tokens signed with your own key (RFC 7515, RFC 7519), in this process or by a KMS or HSM.
 *
 * @throws ConfigurationError with every problem that can be seen at once. A failing key function or damaged PEM is
 * reported by `ready()` or at the first use.
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
export function signedSubjectToken(
  options: SignedSubjectTokenOptions | ExternallySignedSubjectTokenOptions,
): SubjectTokenSource {
  const nameOf = (option: string): string => `signedSubjectToken ${option}`
  const given: Partial<SignedSubjectTokenOptions & ExternallySignedSubjectTokenOptions> = { ...options }
  const unknown = unknownNames(given, known).map((problem) => `signedSubjectToken: ${problem}`)
  return given.sign === undefined
    ? createSignedSubjectToken(options as SignedSubjectTokenOptions, nameOf, unknown)
    : createExternallySignedSubjectToken(options as ExternallySignedSubjectTokenOptions, nameOf, unknown)
}

// a record instead of a list: the compiler finds a name that is missing here
const names: Record<keyof (SignedSubjectTokenOptions & ExternallySignedSubjectTokenOptions), true> = {
  key: true,
  sign: true,
  publicKey: true,
  algorithm: true,
  keyId: true,
  keyMaxAgeSeconds: true,
  issuer: true,
  audience: true,
}
const known: readonly string[] = Object.keys(names)

function createExternallySignedSubjectToken(
  options: ExternallySignedSubjectTokenOptions,
  nameOf: (option: string) => string,
  unknown: readonly string[],
): SubjectTokenSource {
  const { sign, publicKey, algorithm, keyId, issuer, audience } = { ...options }
  const problems = createProblems(nameOf)
  problems.include(unknown)
  for (const name of ['key', 'keyMaxAgeSeconds'] as const) {
    if (name in options && Reflect.get(options, name) !== undefined) {
      problems.add(name, 'is given beside sign: exactly one of key and sign is wanted')
    }
  }
  if (typeof sign !== 'function') problems.add('sign', 'must be a function that signs the bytes it is given')
  const row = addCommonProblems({ algorithm, keyId, issuer, audience }, problems)
  if (publicKey !== undefined) {
    const wrong = row?.kty === 'oct' ? `is of no use: ${algorithm} has none` : publicKeyProblem(publicKey)
    if (wrong !== undefined) problems.add('publicKey', wrong)
  }
  if (problems.any || row === undefined) throw problems.error()

  const claimsFor = createClaims({ issuer, audience })
  const kind = { algorithm, row, header: headerOf(algorithm, keyId) }
  const signWith = createExternalSigner({ sign, publicKey, kind, nameOf })
  return Object.freeze({
    unsecured: false,
    foreign: false,
    async ready() {
      try {
        // nothing that anybody could use: a token without claims
        await signWith('{}', undefined)
      } catch (error) {
        if (!isTesouroTokensError(error, 'subject_token')) throw error
        throw new ConfigurationError([error.message], { retryable: error.retryable })
      }
    },
    create: (user, context) => signWith(JSON.stringify(claimsFor(user, context)), context.signal),
  } satisfies SubjectTokenSource)
}

/** The same, for options that the reader knows under other names. */
export function createSignedSubjectToken(
  options: SignedSubjectTokenOptions,
  nameOf: (option: string) => string,
  unknown: readonly string[] = [],
): SubjectTokenSource {
  const { key, algorithm, keyId, issuer, audience, keyMaxAgeSeconds = 300 } = { ...options }
  const problems = createProblems(nameOf)
  problems.include(unknown)
  const row = checkOptions({ key, algorithm, keyId, issuer, audience, keyMaxAgeSeconds }, problems)
  const header = headerOf(algorithm, keyId)
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

const headerOf = (algorithm: string, keyId: string | undefined): Record<string, string> => ({
  alg: algorithm,
  typ: 'JWT',
  ...(keyId !== undefined && { kid: keyId }),
})

function checkOptions(
  options: SignedSubjectTokenOptions & { keyMaxAgeSeconds: number },
  problems: Problems,
): AlgorithmRow {
  const { key, algorithm, keyMaxAgeSeconds } = options
  const row = addCommonProblems(options, problems)
  if (row !== undefined && typeof key !== 'function') {
    const wrong = keyProblem(key, algorithm, row)
    if (wrong !== undefined) problems.add('key', wrong)
  }
  if (
    !(
      typeof keyMaxAgeSeconds === 'number' &&
      keyMaxAgeSeconds > 0 &&
      keyMaxAgeSeconds < Number.POSITIVE_INFINITY
    )
  ) {
    problems.add('keyMaxAgeSeconds', 'must be a positive number of seconds')
  }
  if (problems.any || row === undefined) throw problems.error()
  return row
}

/** Adds what is wrong whoever signs. Gives what the algorithm wants of its key, if there is such an algorithm. */
function addCommonProblems(
  options: Pick<SignedSubjectTokenOptions, 'algorithm' | 'keyId'> & IssuerOptions,
  problems: Problems,
): AlgorithmRow | undefined {
  const { algorithm, keyId } = options
  const problem = algorithmProblem(algorithm)
  if (problem !== undefined) problems.add('algorithm', problem)
  if (keyId !== undefined) {
    const wrong = textProblem(keyId)
    if (wrong !== undefined) problems.add('keyId', wrong)
  }
  addIssuerProblems(options, problems)
  return problem === undefined ? algorithms[algorithm] : undefined
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
