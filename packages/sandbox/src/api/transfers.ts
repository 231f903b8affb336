import { randomUUID } from 'node:crypto'
import type { JsonValue } from '@tesouro-tokens/core'
import { type Answer, jsonAnswer } from '../http/answer.js'
import { type Incoming, jsonObject } from '../http/incoming.js'
import type { SandboxTransfer } from '../sandbox.js'
import { invalidBody } from './query.js'
import type { ApiSession } from './session.js'

export const transfersPath = '/embedded-banking/v1/transfers'

const maxTransfers = 10_000

/** The transfers that were made. There is no idempotency key: one that is sent twice is made twice. */
export interface Transfers {
  create(incoming: Incoming, session: ApiSession): Answer
  list(): readonly SandboxTransfer[]
  reset(): void
}

export function createTransfers(): Transfers {
  let made: SandboxTransfer[] = []
  return {
    create(incoming, { token, organizationId }) {
      const body = jsonObject(incoming)
      if (body === undefined) return invalidBody(incoming, 'The body is not a JSON object')
      const transfer: SandboxTransfer = {
        id: `tr_${randomUUID()}`,
        clientId: token.clientId,
        sub: token.sub,
        organizationId,
        body: body as Record<string, JsonValue>,
      }
      made.push(transfer)
      if (made.length > maxTransfers) made.shift()
      return jsonAnswer(201, { id: transfer.id, organizationId, status: 'accepted' })
    },
    list: () => [...made],
    reset: () => {
      made = []
    },
  }
}
