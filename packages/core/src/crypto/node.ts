// What is computed, on Node: through node:crypto, at once. Chosen by the `#crypto` import condition of package.json.
export { createJweEncrypter } from './node/encrypt.js'
