import { STATUS_CODES } from 'node:http'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { documentedLimit, limitExceeded } from '../rate-limit.js'
import type { FaultTarget } from './faults.js'

/** The OAuth error (RFC 6749 §5.2, §4.1.2.1) that goes with a status at the token endpoint. */
const oauthErrors: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'access_denied',
  503: 'temporarily_unavailable',
}

/** An answer with this status, in the form of the endpoint that it is asked for. */
export function statusAnswer(
  status: number,
  retryAfterSeconds: number | undefined,
): (target: FaultTarget | undefined, path: string) => Answer {
  if (status === 429) return () => limitExceeded(retryAfterSeconds ?? 1, documentedLimit)
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return (target, path) => {
    if (target === 'token' || target === 'revoke') {
      const error = oauthErrors[status] ?? 'server_error'
      return jsonAnswer(status, { error, error_description: 'a fault of the sandbox' }, headers)
    }
    const title = STATUS_CODES[status] ?? 'Error'
    return problem(
      { status, title, errorCode: 'sandbox_fault', detail: 'A fault of the sandbox.' },
      path,
      headers,
    )
  }
}

export function garbageAnswer(): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '\uFEFF<!doctype html><title>502</title>{"access_token": "\u0000',
  }
}

/** Valid JSON of exactly this many bytes. */
export function oversizedAnswer(bytes: number): Answer {
  const frame = '{"padding":""}'
  const padding = 'x'.repeat(Math.max(0, bytes - frame.length))
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `{"padding":"${padding}"}` }
}
