import { ConfigurationError } from '../errors.js'

/** Environment variables by name. */
export type Env = { readonly [name: string]: string | undefined }

/** The environment variables of this process; `undefined` on runtimes that have none. */
export function processEnv(): Env | undefined {
  return (globalThis as { process?: { env?: Env } }).process?.env
}

/** An empty variable is one that nobody has filled in. A worker may have bound it as something else than text. */
export function readVariable(env: Env | undefined, name: string): string | undefined {
  try {
    return env?.[name] || undefined
  } catch {
    throw new ConfigurationError([`${name}: cannot be read: a getter or a proxy throws`])
  }
}

/** Whether this process says that it is not in production. A runtime without environment variables says nothing. */
export function isDevelopment(): boolean {
  const env = processEnv()
  return env !== undefined && env.NODE_ENV !== 'production'
}
