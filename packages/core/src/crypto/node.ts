// What is computed, on Node: through node:crypto, at once. Chosen by the `#crypto` import condition of package.json.
export { createJweEncrypter } from './node/encrypt.js'
export { sha256Hex } from './node/hash.js'
export { createJwsSigner, importsExtractable } from './node/sign.js'
export { createHmacHex, encodeBase64url } from './node/text.js'
