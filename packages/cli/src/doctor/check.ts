import type { SubjectTokenSource, TesouroTokens } from '@tesouro-tokens/core'
import type { Environment } from '../environment/environment.js'
import type { Secrets } from '../terminal/secrets.js'
import type { Terminal } from '../terminal/terminal.js'
import type { SubjectTokenOptions } from '../tokens/tokens-from-environment.js'
import type { EndpointOptions } from './endpoint/options.js'
import type { PlatformLog } from './platform-log.js'

/** `skip`: it could not be checked, and `found` says why. `warn`: it works, and will not always. */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip'

/** How one check went. */
export interface CheckResult {
  /** Stable name, for programs. */
  id: string
  status: CheckStatus
  /** What was tried. */
  tried: string
  /** What came back. */
  found: string
  /** What to do, the likeliest first. Empty where there is nothing to do. */
  todo: readonly string[]
}

/** What the doctor was asked for. */
export interface DoctorOptions extends SubjectTokenOptions {
  user?: string | undefined
  email?: string | undefined
  tenant?: string | undefined
  /** What --unsecured or --subject-token-file gives. */
  subjectToken?: SubjectTokenSource | undefined
  endpoint?: EndpointOptions | undefined
}

/** What checks work with, and what they have found out for later ones. */
export interface CheckContext {
  readonly environment: Environment
  readonly terminal: Terminal
  readonly secrets: Secrets
  readonly options: DoctorOptions
  /** Heads of the platform's answers. */
  readonly platform: PlatformLog
  /** Made by the check of the options; absent where these are wrong. */
  tokens: TesouroTokens | undefined
  /** The configured base URL; absent where it is wrong. */
  baseUrl: URL | undefined
  /** Whether the tokens have what subject tokens are made with. */
  canSign: boolean
  /** Minutes by which this machine's clock is ahead of the platform's; absent where it was not told. */
  aheadMs: number | undefined
  /** How earlier checks went. */
  statusOf(id: string): CheckStatus | undefined
}

/** One thing that is looked at. A check may have several results. */
export interface Check {
  id: string
  /** In two or three words, for the table. */
  title: string
  run(
    context: CheckContext,
  ): CheckResult | readonly CheckResult[] | Promise<CheckResult | readonly CheckResult[]>
}

/** A result; `todo` is left out where nothing is to be done. */
export function result(
  id: string,
  status: CheckStatus,
  tried: string,
  found: string,
  ...todo: readonly string[]
): CheckResult {
  return { id, status, tried, found, todo }
}
