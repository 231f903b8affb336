import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as z from 'zod'
import { problemOf, problemsOf } from './check.js'
import type { Clients } from './clients.js'
import type { FaultEngine } from './faults/engine.js'
import type { FaultScope, SandboxFaults, UndoFault } from './faults/faults.js'
import { type FaultRequest, faultRequest } from './faults/validation.js'
import { acceptWidgetToken, decryptWidgetToken } from './gateway/widget-token.js'
import { type Answer, jsonAnswer, problem } from './http/answer.js'
import { preflight } from './http/cors.js'
import { type Incoming, jsonObject } from './http/incoming.js'
import type { PlatformClock } from './platform-clock.js'
import { SandboxRefusal } from './refusal.js'
import type { Recorder } from './stats.js'
import type { Users } from './users/users.js'

/** Paths under which the sandbox itself is operated; they are neither counted nor limited nor struck. */
export const controlPrefix = '/__sandbox/'

export interface ControlParts {
  clients: Clients
  clock: PlatformClock
  users: Users
  engine: FaultEngine
  recorder: Recorder
  reset: () => void
  /** Host and port of the base URL. */
  ownHost: string
}

/** Operates the sandbox over HTTP, from this machine alone. */
export async function control(incoming: Incoming, parts: ControlParts): Promise<Answer> {
  if (!isLocal(incoming, parts.ownHost)) {
    return failure(incoming, 403, 'loopback_only', 'Only programs and pages of this machine may do this.')
  }
  const { origin } = incoming.headers
  const allow: Record<string, string> =
    origin === undefined ? {} : { 'access-control-allow-origin': origin, vary: 'Origin' }
  if (incoming.method === 'OPTIONS') return preflight(incoming.headers, allow)
  const answer = await operate(incoming, parts)
  return { ...answer, headers: { ...answer.headers, ...allow } }
}

async function operate(incoming: Incoming, parts: ControlParts): Promise<Answer> {
  const { engine, recorder } = parts
  const operation = `${incoming.method} ${incoming.path.slice(controlPrefix.length)}`
  const undo = /^DELETE faults\/(\d{1,15})$/.exec(operation)
  if (undo) {
    engine.undoOf(Number(undo[1]))?.()
    return jsonAnswer(200, { active: engine.faults.active() })
  }
  if (incoming.method === 'POST' && !/^application\/json\b/i.test(incoming.headers['content-type'] ?? '')) {
    return failure(incoming, 415, 'not_json', 'The body is not application/json.')
  }
  switch (operation) {
    case 'GET faults':
      return jsonAnswer(200, { active: engine.faults.active() })
    case 'POST faults': {
      const parsed = faultRequest.safeParse(jsonObject(incoming), { error: problemOf })
      if (!parsed.success)
        return failure(incoming, 400, 'invalid_fault', problemsOf(parsed.error, 'the body').join('; '))
      switchOn(engine.faults, parsed.data)
      const active = engine.faults.active()
      const id = active.at(-1)?.id ?? null
      return jsonAnswer(200, { id, active })
    }
    case 'GET stats':
      return jsonAnswer(200, recorder.stats())
    case 'DELETE stats':
      parts.reset()
      return jsonAnswer(200, recorder.stats())
    case 'POST open':
      return await openForDisplay(incoming, parts)
    default:
      return failure(incoming, 404, 'not_found', 'The sandbox has no such operation.')
  }
}

function switchOn(faults: SandboxFaults, request: FaultRequest): UndoFault | undefined {
  switch (request.fault) {
    case 'slow':
      return faults.slow(request.ms, scopeOf(request))
    case 'status':
      return faults.status(request.status, {
        ...scopeOf(request),
        retryAfterSeconds: request.retryAfterSeconds,
      })
    case 'oversized':
      return faults.oversized({ ...scopeOf(request), bytes: request.bytes })
    case 'expireAccessTokens':
      return faults.expireAccessTokens(request.status)
    case 'moveClock':
      return faults.moveClock(request.ms)
    case 'clear':
      faults.clear()
      return undefined
    default:
      return faults[request.fault](scopeOf(request))
  }
}

const scopeOf = ({ on, user, times }: FaultScope): FaultScope => ({ on, user, times })

/** What is inside a widget token, for a page that shows it: secrets masked, the subject token without its signature. */
async function openForDisplay(incoming: Incoming, parts: ControlParts): Promise<Answer> {
  const body = z.object({ widgetToken: z.string() }).safeParse(jsonObject(incoming))
  if (!body.success) return failure(incoming, 400, 'invalid_body', 'The body needs a widgetToken.')
  try {
    const { header, payload } = await decryptWidgetToken(parts.clients, body.data.widgetToken)
    const refusal = await refusalOf(parts, body.data.widgetToken)
    const masked = { ...payload, client_secret: '••••••••', subject_token: '(see subjectToken)' }
    return jsonAnswer(200, {
      header,
      payload: masked,
      subjectToken: subjectTokenForDisplay(payload.subject_token),
      accepted: refusal === undefined,
      refusal: refusal && { error: refusal.error, errorDescription: refusal.errorDescription },
    })
  } catch (error) {
    if (!(error instanceof SandboxRefusal)) throw error
    return failure(incoming, 422, error.error, error.errorDescription)
  }
}

async function refusalOf(parts: ControlParts, token: string): Promise<SandboxRefusal | undefined> {
  try {
    await acceptWidgetToken(parts, token)
    return undefined
  } catch (error) {
    if (error instanceof SandboxRefusal) return error
    throw error
  }
}

function subjectTokenForDisplay(token: unknown): { header: unknown; claims: unknown } | undefined {
  try {
    const text = z.string().parse(token)
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) }
  } catch {
    return undefined
  }
}

/**
 * A connection from this machine to itself, under a known name of its own (a page whose name was pointed at
 * this address sends another), and from no page but one on loopback.
 */
function isLocal({ remoteAddress, localAddress, headers }: Incoming, ownHost: string): boolean {
  const loopback = (name: string | undefined): boolean =>
    name !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(name)
  const address = remoteAddress?.replace(/^::ffff:/, '')
  const fromHere = address === '::1' || loopback(address) || remoteAddress === localAddress
  if (remoteAddress === undefined || !fromHere) return false
  if (!loopback(headers.host) && headers.host !== ownHost) return false
  return headers.origin === undefined || loopback(/^https?:\/\/(.+)$/i.exec(headers.origin)?.[1])
}

function failure(incoming: Incoming, status: number, errorCode: string, detail: string): Answer {
  return problem({ status, errorCode, title: 'The sandbox did not do this', detail }, incoming.path)
}
