import type { Secrets } from '../terminal/secrets.js'
import type { Terminal } from '../terminal/terminal.js'
import { type EnvFile, isFile, readEnvFile } from './read-env-file.js'

/** The variables that a command works with, and where each comes from. */
export interface Environment {
  values: { readonly [name: string]: string | undefined }
  /** The files that were read. */
  files: readonly EnvFile[]
  /** `undefined` for a variable that is not set. */
  sourceOf(name: string): string | undefined
  /** Variables that the environment and a file set differently: the environment wins, as with `node --env-file`. */
  overridden: readonly string[]
}

const secretNames = /^(TESOURO_|REDIS_).*(SECRET|PASSWORD|TOKEN|KEY|KEYS|URL)$|^SESSION_SECRET$/

/**
 * Reads the environment, and `.env` or the files that were named, as the library's users start their programs: a variable
 * of the environment wins over a file, and a later file over an earlier one. Every value that may be secret is hidden from
 * the output from now on.
 *
 * @throws UsageError when a named file cannot be read
 */
export function readEnvironment(
  terminal: Terminal,
  secrets: Secrets,
  named: readonly string[] = [],
): Environment {
  // first those of the environment, since a file may not be readable
  hideSecrets(terminal.env, secrets)
  const paths = named.length > 0 ? named : ['.env'].filter((path) => isFile(path, terminal.cwd))
  const files = paths.map((path) => readEnvFile(path, terminal.cwd))
  const values: { [name: string]: string | undefined } = {}
  const sources = new Map<string, string>()
  const overridden = new Set<string>()
  for (const { path, values: found } of files) {
    for (const [name, value] of Object.entries(found)) {
      values[name] = value
      sources.set(name, path)
    }
  }
  for (const [name, value] of Object.entries(terminal.env)) {
    if (value === undefined) continue
    if (sources.has(name) && values[name] !== value && name.startsWith('TESOURO_')) overridden.add(name)
    values[name] = value
    sources.set(name, 'the environment')
  }
  hideSecrets(values, secrets)
  return { values, files, sourceOf: (name) => sources.get(name), overridden: [...overridden] }
}

function hideSecrets(values: Environment['values'], secrets: Secrets): void {
  for (const [name, value] of Object.entries(values))
    if (secretNames.test(name)) addSecret(secrets, name, value)
}

function addSecret(secrets: Secrets, name: string, value: string | undefined): void {
  if (name.endsWith('URL')) {
    if (value === undefined) return
    if (!URL.canParse(value)) secrets.add(name, value)
    const { password } = URL.canParse(value) ? new URL(value) : { password: '' }
    secrets.add(`password of ${name}`, password)
    secrets.add(`password of ${name}`, decoded(password))
    return
  }
  secrets.add(name, value)
  for (const part of value?.split(',') ?? []) secrets.add(name, part.trim())
  // As people paste them: in quotes, with white space, and what is secret inside of a JWK.
  secrets.add(name, value?.trim().replace(/^["'`]|["'`]$/g, ''))
  for (const [, member] of value?.matchAll(/"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"([^"]+)"/g) ?? [])
    secrets.add(name, member)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
