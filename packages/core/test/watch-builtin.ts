import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { type MockInstance, vi } from 'vitest'

/** Watches a function of node:crypto, in modules that import it by name too. */
export function watchNodeCrypto<
  Name extends 'createCipheriv' | 'createSecretKey' | 'randomFillSync' | 'sign',
>(name: Name): MockInstance<(typeof nodeCrypto)[Name]> & Disposable {
  const watch = vi.spyOn(nodeCrypto, name)
  syncBuiltinESMExports()
  return Object.assign(watch, {
    [Symbol.dispose]() {
      watch.mockRestore()
      syncBuiltinESMExports()
    },
  }) as MockInstance<(typeof nodeCrypto)[Name]> & Disposable
}
