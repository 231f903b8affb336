import * as z from 'zod'
import type { Answer } from '../http/answer.js'
import type { Incoming } from '../http/incoming.js'
import { invalidQuery } from './query.js'

export const statementsPath = '/embedded-banking/v1/statements'

const maxBytes = 64 * 1024 * 1024
const bytesParameter = z.coerce.number().int().min(1).max(maxBytes).default(4096)
const line = '2026-01-31,ACH credit,USD,128.40,posted\n'

/** A statement as CSV of exactly `bytes` bytes. */
export function readStatement(incoming: Incoming): Answer {
  const bytes = bytesParameter.safeParse(incoming.query.get('bytes') ?? undefined)
  if (!bytes.success) return invalidQuery(incoming, `bytes is not between 1 and ${maxBytes}`)
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' },
    body: Buffer.alloc(bytes.data, line),
  }
}
