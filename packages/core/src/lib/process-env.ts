/** Environment variables by name. */
export type Env = { readonly [name: string]: string | undefined }

/** The environment variables of this process; `undefined` on runtimes that have none. */
export function processEnv(): Env | undefined {
  return (globalThis as { process?: { env?: Env } }).process?.env
}

/** Whether this process says that it is not in production. A runtime without environment variables says nothing. */
export function isDevelopment(): boolean {
  const env = processEnv()
  return env !== undefined && env.NODE_ENV !== 'production'
}
