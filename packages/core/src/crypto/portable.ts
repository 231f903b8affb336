// What is computed, with nothing but the web platform. Chosen by the `#crypto` import condition of package.json where
// there is no node:crypto; node.ts is its sibling and gives the same results.
export { createJweEncrypter } from './portable/encrypt.js'
export { createJwsSigner, importsExtractable } from './portable/sign.js'
export { createHmacHex, encodeBase64url, sha256Hex } from './portable/text.js'
