import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type SubjectTokenSource,
  subjectTokenFrom,
  type TesouroTokens,
  type TesouroTokensOptions,
  tesouroTokensFromEnv,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import type { Environment } from '../environment/environment.js'
import { printable } from '../terminal/printable.js'
import type { Secrets } from '../terminal/secrets.js'
import type { Terminal } from '../terminal/terminal.js'
import { UsageError } from '../terminal/usage-error.js'

/** What may stand in code instead of the environment. */
export interface SubjectTokenOptions {
  /** Subject tokens without a signature. */
  unsecured?: boolean | undefined
  /** Path of a file with a subject token of the application's own provider. */
  subjectTokenFile?: string | undefined
}

const largestToken = 16 * 1_024

/** Where subject tokens come from, if not from the environment. */
export function subjectTokenOf(
  { unsecured, subjectTokenFile }: SubjectTokenOptions,
  terminal: Terminal,
  secrets: Secrets,
): SubjectTokenSource | undefined {
  if (unsecured && subjectTokenFile !== undefined) {
    throw new UsageError('--unsecured and --subject-token-file: give only one of the two')
  }
  if (unsecured) return unsecuredSubjectToken()
  if (subjectTokenFile === undefined) return undefined
  const token = readToken(subjectTokenFile, terminal)
  secrets.add('subject token', token)
  return subjectTokenFrom(() => token)
}

function readToken(path: string, { cwd }: Terminal): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8').slice(0, largestToken).trim()
  } catch {
    throw new UsageError(`--subject-token-file: ${printable(path)} cannot be read`)
  }
}

/**
 * The application's own tokens, as `tesouroTokensFromEnv` makes them, for a command that is run once: nothing is tried
 * twice, and nothing waits longer than a person does.
 *
 * @throws ConfigurationError with every problem found, naming variables and never their values
 */
export function tokensFromEnvironment(
  { values }: Environment,
  terminal: Terminal,
  options: Partial<TesouroTokensOptions> = {},
): TesouroTokens {
  return tesouroTokensFromEnv({
    env: values,
    retry: false,
    timeouts: { attemptMs: 5_000, exchangeMs: 5_500, callMs: 6_000 },
    clock: { now: () => terminal.now(), monotonic: () => performance.now() },
    ...options,
  })
}
