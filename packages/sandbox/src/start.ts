import type { StartSandboxOptions } from './options.js'
import type { Sandbox } from './sandbox.js'

/** Starts the platform on localhost. */
export function startSandbox(_options: StartSandboxOptions = {}): Promise<Sandbox> {
  return Promise.reject(new Error('the sandbox cannot be started yet'))
}
