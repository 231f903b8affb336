// What is computed, on Node: through node:crypto, at once. Chosen by the `#crypto` import condition of package.json.
export { createJweEncrypter } from './node/encrypt.js'
export { createJwsSigner, importsExtractable } from './node/sign.js'
export { createHmacHex, encodeBase64url, sha256Hex } from './node/text.js'
