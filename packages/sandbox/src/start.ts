import { setMaxListeners } from 'node:events'
import { assemble } from './assemble.js'
import { createSandbox } from './create-sandbox.js'
import type { StartSandboxOptions } from './options.js'
import { serve } from './pipeline.js'
import type { Sandbox } from './sandbox.js'
import { listen, urlOf } from './server.js'
import { readOptions } from './settings.js'

/**
 * Starts the platform on localhost: token endpoint (RFC 6749, RFC 8693), revocation (RFC 7009), widget gateway and
 * a small bank, on a free port of 127.0.0.1. Everything is kept in memory and gone after `close()`; with a `seed`, secrets
 * and keys are the same again at the next start, and access tokens from before stay good.
 *
 * @param options every one is optional; see {@link StartSandboxOptions} for units and defaults
 * @throws TypeError when an option is wrong; SandboxStartError when the port is taken or the host is not this machine's
 *
 * @example
 * ```ts
 * import { startSandbox } from '@tesouro-tokens/sandbox'
 *
 * const sandbox = await startSandbox({ accessTokenLifetimeSeconds: 60 })
 * const undo = sandbox.faults.status(503, { on: 'token' })
 * undo()
 * console.log(sandbox.count({ kind: 'token_exchange', user: 'u_1' }))
 * await sandbox.close()
 * ```
 */
export async function startSandbox(options: StartSandboxOptions = {}): Promise<Sandbox> {
  const settings = readOptions(options)
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const server = await listen(settings.port, settings.host)
  const baseUrl = urlOf(settings.host, server.port)
  const parts = assemble(settings, baseUrl, closing.signal)
  server.serve((request, response) => serve(request, response, parts))
  return createSandbox(baseUrl, parts, async () => {
    closing.abort()
    await server.close()
  })
}
