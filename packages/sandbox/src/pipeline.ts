import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type ControlParts, control, controlPrefix } from './control.js'
import type { FaultAction } from './faults/engine.js'
import { type Answer, problem } from './http/answer.js'
import { openToAll, preflight } from './http/cors.js'
import { type Incoming, readIncoming } from './http/incoming.js'
import { resetConnection, send, sendHalf } from './http/respond.js'
import { requestLine } from './log.js'
import { answerTo, type PlatformParts } from './platform.js'
import type { RateLimit } from './rate-limit.js'
import { identify, routes } from './routes.js'
import type { SandboxRequest } from './stats.js'

export interface PipelineParts extends PlatformParts, ControlParts {
  rateLimit: RateLimit
  log: (line: string) => void
  /** Aborted by `close()`. */
  closing: AbortSignal
}

/** What happens to every request, in this order: read, count, limit, faults, answer, log. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  parts: PipelineParts,
): Promise<void> {
  const incoming = await readIncoming(request)
  if (incoming.path.startsWith(controlPrefix)) return send(response, await control(incoming, parts))

  const target = routes.get(incoming.path)?.target
  const cors = target === 'gateway' || target === 'api' ? openToAll : {}
  if (incoming.method === 'OPTIONS' && cors === openToAll) {
    return send(response, preflight(incoming.headers, cors))
  }

  const started = performance.now()
  const identity = await identify(incoming, parts)
  const { method, url } = incoming
  const entry: SandboxRequest = { method, url, ...identity, status: undefined, fault: undefined }
  parts.recorder.arrived(entry)
  const log = (): void => parts.log(requestLine(entry, performance.now() - started))

  const limit = await parts.rateLimit.take(identity.clientId)
  const finish = (answer: Answer, write: typeof send = send): void => {
    parts.recorder.answered(entry, answer.status)
    log()
    write(response, { ...answer, headers: { ...limit.headers, ...cors, ...answer.headers } })
  }
  if (limit.refusal) return finish(limit.refusal)

  const { names, delayMs, action } = parts.engine.strike({ target, user: identity.user })
  if (names.length > 0) entry.fault = names.join(', ')
  if (delayMs > 0) await wait(delayMs, undefined, { signal: parts.closing })

  switch (action?.type) {
    case 'hang':
      return log()
    case 'reset':
      log()
      return resetConnection(request)
    case 'answer':
      return finish(action.answer(target, incoming.path))
    default:
      return finish(await work(incoming, parts), writerFor(action))
  }
}

function writerFor(action: FaultAction | undefined): typeof send {
  return action?.type === 'truncated' ? sendHalf : send
}

async function work(incoming: Incoming, parts: PipelineParts): Promise<Answer> {
  try {
    return await answerTo(incoming, parts)
  } catch (error) {
    // a mistake of the sandbox itself: its name helps to report it, its message might hold what was sent
    parts.log(`internal error: ${error instanceof Error ? error.name : typeof error}`)
    return problem(
      {
        status: 500,
        errorCode: 'internal',
        title: 'Internal error',
        detail: 'The sandbox made a mistake.',
      },
      incoming.path,
    )
  }
}
