import { setMaxListeners } from 'node:events'
import { assemble } from './assemble.js'
import { createSandbox } from './create-sandbox.js'
import type { StartSandboxOptions } from './options.js'
import { serve } from './pipeline.js'
import type { Sandbox } from './sandbox.js'
import { listen, urlOf } from './server.js'
import { readOptions } from './settings.js'

/**
 * Starts the platform on localhost, on a free port of 127.0.0.1: token endpoint (RFC 6749, RFC 8693), revocation
 * (RFC 7009), widget gateway and a small bank. Everything is in memory and gone after `close()`. With a `seed`, the next
 * start has the same secrets and keys, and earlier access tokens stay valid.
 *
 * @param options all optional; {@link StartSandboxOptions} has units and defaults
 * @returns the running sandbox, which the caller closes
 * @throws TypeError with every wrong option, which shows no value
 * @throws SandboxStartError when the port is in use, or the host is not this machine's
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
