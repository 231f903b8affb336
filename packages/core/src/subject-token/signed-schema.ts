import type * as z from 'zod/mini'
import { type AlgorithmRow, algorithmProblem, algorithms } from '../crypto/signature-algorithms.js'
import { textProblem } from '../lib/given.js'
import {
  checkOptions,
  isFunction,
  type OptionShape,
  optional,
  optionsObject,
  required,
  rule,
  shapeOf,
  unless,
} from '../lib/option.js'
import { secondsProblem } from '../lib/time-problem.js'
import { issuerShape } from './issuer-options.js'
import { keyProblem } from './key-problem.js'
import { publicKeyProblem } from './public-key.js'
import type { ExternallySignedSubjectTokenOptions, SignedSubjectTokenOptions } from './signed-options.js'

/** With a key or with `sign`: what is wrong with the choice is a rule. */
type Options = Pick<SignedSubjectTokenOptions, 'algorithm'> &
  Partial<SignedSubjectTokenOptions & ExternallySignedSubjectTokenOptions>
type Option<Name extends keyof Options> = NonNullable<Options[Name]>

export const defaultKeyMaxAgeSeconds = 300

const asTheRulesSay = (): undefined => undefined

const shape = shapeOf<Options>()({
  algorithm: required<Option<'algorithm'>>(algorithmProblem, '`alg` of the token (RFC 7518 §3.1)'),
  key: optional<Option<'key'>>(
    asTheRulesSay,
    'The private key, or a function that returns it',
    'required, or `sign`',
  ),
  sign: optional<Option<'sign'>>(
    unless(isFunction, 'must be a function that signs the bytes it is given'),
    "Signs the given bytes and returns the signature's bytes",
    'required, or `key`',
  ),
  publicKey: optional<Option<'publicKey'>>(
    publicKeyProblem,
    'The public key: the first signature is checked with it',
    'no check',
  ),
  keyId: optional<string>(
    (value) => textProblem(value),
    '`kid` of the token (RFC 7515 §4.1.4), so that the platform finds the public key',
  ),
  keyMaxAgeSeconds: optional<number>(
    secondsProblem,
    'How old the answer of a `key` function may be, in seconds, before it is called again in the background',
    `${defaultKeyMaxAgeSeconds} s`,
  ),
  ...issuerShape,
})

const rules = [
  ...(['key', 'keyMaxAgeSeconds'] as const).map((name) =>
    rule<Options>(name, ({ sign, [name]: value }) =>
      sign === undefined || value === undefined
        ? undefined
        : 'is given together with sign: give exactly one of key and sign',
    ),
  ),
  rule<Options>('key', ({ algorithm, key, sign }) => {
    const row = rowOf(algorithm)
    return sign !== undefined || row === undefined || typeof key === 'function'
      ? undefined
      : keyProblem(key, String(algorithm), row)
  }),
  rule<Options>('publicKey', ({ algorithm, publicKey }) =>
    publicKey !== undefined && rowOf(algorithm)?.kty === 'oct'
      ? `is of no use: ${algorithm} has none`
      : undefined,
  ),
]

const schema: z.ZodMiniType<Options> = optionsObject(shape).check(...rules)

/** What is said of each option of `signedSubjectToken`. */
export const signedSubjectTokenShape: OptionShape<Options> = shape

/** The options after checking, with what their algorithm needs of a key. */
export type SignedOptions = Options & { row: AlgorithmRow }

/** Checks the options of `signedSubjectToken`. @throws ConfigurationError with every problem found */
export function readSignedOptions(options: unknown, nameOf: (option: string) => string): SignedOptions {
  const checked = checkOptions(schema, options, nameOf, 'signedSubjectToken: ')
  return { ...checked, row: algorithms[checked.algorithm] }
}

const rowOf = (algorithm: unknown): AlgorithmRow | undefined =>
  algorithmProblem(algorithm) === undefined ? algorithms[algorithm as Option<'algorithm'>] : undefined
