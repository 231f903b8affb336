import type { Defence } from '../defence.js'
import { endpoint } from './endpoint.js'
import { logout } from './logout.js'
import { platform } from './platform.js'
import { processes } from './process.js'
import { sharedCache } from './shared-cache.js'
import { tokens } from './tokens.js'

/** Every row of SECURITY.md, by what it is about. */
export const defences: readonly Defence[] = [
  ...endpoint,
  ...tokens,
  ...logout,
  ...sharedCache,
  ...platform,
  ...processes,
]
