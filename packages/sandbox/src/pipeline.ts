import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { graphqlPath } from './api/graphql.js'
import { type ControlParts, control, controlPrefix } from './control.js'
import type { FaultAction } from './faults/engine.js'
import { type Answer, problem } from './http/answer.js'
import { openToAll, preflight } from './http/cors.js'
import { type Incoming, readIncoming } from './http/incoming.js'
import { resetConnection, send, sendHalf } from './http/respond.js'
import { requestLine } from './log.js'
import { answerTo, type PlatformParts } from './platform.js'
import { type LimitState, limitHeaders, type RateLimit } from './rate-limit.js'
import { bodyForTests } from './request-body.js'
import { identify, routes } from './routes.js'
import type { SandboxRequest } from './stats.js'

export interface PipelineParts extends PlatformParts, ControlParts {
  rateLimit: RateLimit
  log: (line: string) => void
  /** Whether requests are remembered with their bodies. */
  recordBodies: boolean
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
  const requestId = randomUUID()
  const always = { 'x-request-id': requestId, date: httpDate(parts.clock.now()) }
  const sendWith = (answer: Answer, write: typeof send = send): void =>
    write(response, { ...answer, headers: { ...always, ...answer.headers } })
  if (incoming.path.startsWith(controlPrefix)) return sendWith(await control(incoming, parts))

  const target = routes.get(incoming.path)?.target
  const cors = target === 'gateway' || target === 'api' ? openToAll : {}
  if (incoming.method === 'OPTIONS' && cors === openToAll) {
    return sendWith(preflight(incoming.headers, cors))
  }

  const started = performance.now()
  const identity = await identify(incoming, parts)
  const { method, url } = incoming
  const body = parts.recordBodies ? bodyForTests(incoming) : undefined
  const entry: SandboxRequest = {
    method,
    url,
    ...identity,
    requestId,
    status: undefined,
    fault: undefined,
    ...(body !== undefined && { body }),
  }
  parts.recorder.arrived(entry)
  const log = (): void => parts.log(requestLine(entry, performance.now() - started))

  const { state, refusal } = await parts.rateLimit.take(identity.clientId)
  const limit = state !== undefined && incoming.path !== graphqlPath ? limitHeaders(state) : {}
  const finish = (answer: Answer, write?: typeof send): void => {
    parts.recorder.answered(entry, answer.status)
    log()
    sendWith({ ...answer, headers: { ...limit, ...cors, ...answer.headers } }, write)
  }
  if (refusal) return finish(refusal)

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
      return finish(await work(incoming, state, parts), writerFor(action))
  }
}

function writerFor(action: FaultAction | undefined): typeof send {
  return action?.type === 'truncated' ? sendHalf : send
}

async function work(
  incoming: Incoming,
  limit: LimitState | undefined,
  parts: PipelineParts,
): Promise<Answer> {
  try {
    return await answerTo(incoming, limit, parts)
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

/** The platform's own time, as its answers tell it (RFC 9110 §6.6.1). */
function httpDate(ms: number): string {
  const date = new Date(ms)
  return (Number.isNaN(date.getTime()) ? new Date() : date).toUTCString()
}
