import type { Scenarios } from '../stage.js'
import { caches } from './caches.js'
import { calls } from './calls.js'
import { configuration } from './configuration.js'
import { endpoint } from './endpoint.js'
import { externalSigners } from './external-signers.js'
import { leases } from './leases.js'
import { limits } from './limits.js'
import { platformFetch } from './platform-fetch.js'
import { subjectTokens } from './subject-tokens.js'
import { tokenEndpoint } from './token-endpoint.js'
import { users } from './users.js'

/** Every area; areas play at the same time. */
export const scenarios: Readonly<Record<string, Scenarios>> = {
  caches,
  calls,
  configuration,
  endpoint,
  'external signers': externalSigners,
  leases,
  limits,
  'platform fetch': platformFetch,
  'subject tokens': subjectTokens,
  'token endpoint': tokenEndpoint,
  users,
}
