import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'

/** Answers with a problem document (RFC 9457), of the form that the widget token endpoint has too. */
export function problem(res: Response, status: number, code: string, detail: string): void {
  res
    .status(status)
    .set('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code }))
}
