import type { JWK } from 'jose'
import { createJwsSigner } from '#crypto'
import type { JwsSigner, SignatureKind } from '../crypto/jws-signer.js'
import { ConfigurationError, isTesouroTokensError, SubjectTokenError } from '../errors.js'
import { askApplication } from '../lib/call-application.js'
import { andThen, orFailWith } from '../lib/promises.js'
import { createRenewed } from '../lib/renewed-value.js'
import { createClaims } from './claims.js'
import { createExternalSigner, type SubjectTokenSignFunction } from './external-signer.js'
import { importKey } from './import-key.js'
import { kindOfKey } from './key-problem.js'
import type { ExternallySignedSubjectTokenOptions, SignedSubjectTokenOptions } from './signed-options.js'
import { defaultKeyMaxAgeSeconds, readSignedOptions, type SignedOptions } from './signed-schema.js'
import type { SubjectTokenContext, SubjectTokenEnvironment, SubjectTokenSource } from './source.js'
import type { SubjectTokenKey } from './subject-token-key.js'

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
  const { sign, ...checked } = readSignedOptions(options, nameOf)
  return sign === undefined ? signedByKey(checked, nameOf) : signedBy(sign, checked, nameOf)
}

/** The same with a key, for options that the reader knows under other names. */
export function createSignedSubjectToken(
  options: SignedSubjectTokenOptions,
  nameOf: (option: string) => string,
): SubjectTokenSource {
  return signedByKey(readSignedOptions(options, nameOf), nameOf)
}

function signedBy(
  sign: SubjectTokenSignFunction,
  { algorithm, row, keyId, publicKey, issuer, audience }: SignedOptions,
  nameOf: (option: string) => string,
): SubjectTokenSource {
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

function signedByKey(
  // there is a key where there is no sign: the options are checked
  {
    key = '',
    algorithm,
    row,
    keyId,
    issuer,
    audience,
    keyMaxAgeSeconds = defaultKeyMaxAgeSeconds,
  }: SignedOptions,
  nameOf: (option: string) => string,
): SubjectTokenSource {
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
      return askApplication(key, signerOf, { ms: deadlineMs, failure })
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
