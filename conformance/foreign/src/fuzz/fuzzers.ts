import { announcements } from './announcements.js'
import { cachedValues, tokenAnswers } from './answers.js'
import { endpoint } from './endpoint.js'
import type { Fuzzer } from './fuzzer.js'
import { foreignTokens, jwks, pems } from './keys.js'
import { envFiles, pasted } from './programs.js'

/** Every parser of foreign input. */
export const fuzzers: readonly Fuzzer[] = [
  endpoint,
  pems,
  jwks,
  foreignTokens,
  tokenAnswers,
  cachedValues,
  announcements,
  pasted,
  envFiles,
]
