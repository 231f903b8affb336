import { expect, it } from 'vitest'
import {
  createTesouroTokens,
  layeredTokenCache,
  memoryTokenCache,
  signedSubjectToken,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { thrownBy, validOptions } from '../valid-options.js'

const sign = (): Uint8Array => new Uint8Array(64)
const shared = memoryTokenCache()

/** As JavaScript calls it: what a compiler would have said is not known there. */
const makers: readonly [name: string, make: (options: object) => unknown, problem: string][] = [
  [
    'keyid',
    (more) => Reflect.apply(signedSubjectToken, null, [{ key: 'x', algorithm: 'ES256', ...more }]),
    'keyId',
  ],
  [
    'keyid',
    (more) => Reflect.apply(signedSubjectToken, null, [{ sign, algorithm: 'ES256', ...more }]),
    'keyId',
  ],
  ['sing', (more) => Reflect.apply(signedSubjectToken, null, [{ algorithm: 'ES256', ...more }]), 'sign'],
  ['isuer', (more) => Reflect.apply(unsecuredSubjectToken, null, [more]), 'issuer'],
  ['maxEntires', (more) => Reflect.apply(memoryTokenCache, null, [more]), 'maxEntries'],
  ['locals', (more) => Reflect.apply(layeredTokenCache, null, [{ shared, ...more }]), 'local'],
  [
    'widgetSecrets',
    (more) => Reflect.apply(createTesouroTokens, null, [{ ...validOptions(), ...more }]),
    'widgetSecret',
  ],
]

it.each(makers)('a misspelt option counts for nothing, and nobody is told: %s', (name, make, meant) => {
  const error = thrownBy(() => make({ [name]: 'canary-of-the-value' }))
  expect(error).toMatchObject({ code: 'configuration' })
  expect(String(error)).toContain(`unknown option ${name}: did you mean ${meant}?`)
  expect(String(error)).not.toContain('canary')
})

it('a signer without key is not told that a KMS may keep it', () => {
  const error = thrownBy(() => Reflect.apply(signedSubjectToken, null, [{ algorithm: 'ES256' }]))
  expect(String(error)).toContain('signedSubjectToken key: is missing')
  expect(String(error)).toContain('or sign, where a KMS or HSM keeps it')
})
