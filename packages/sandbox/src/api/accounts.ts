import * as z from 'zod'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import type { Incoming } from '../http/incoming.js'
import { shortHash } from '../short-hash.js'
import type { ApiSession } from './session.js'

export const accountsPath = '/embedded-banking/v1/bank-accounts'

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  paginationToken: z
    .string()
    .regex(/^after-\d{1,4}$/)
    .default('after-0')
    .transform((token) => Number(token.slice('after-'.length))),
})

const products = [
  { name: 'Operating Account', type: 'checking' },
  { name: 'Payroll', type: 'checking' },
  { name: 'Tax Reserve', type: 'savings' },
  { name: 'Card Settlement', type: 'checking' },
  { name: 'Rainy Day Savings', type: 'savings' },
  { name: 'Vendor Payments', type: 'checking' },
] as const

interface BankAccount {
  id: string
  organizationId: string
  name: string
  type: 'checking' | 'savings'
  status: 'open'
  currency: 'USD'
  accountNumber: string
  routingNumber: string
  /** Decimal text, in dollars. */
  balance: { current: string; available: string }
}

/** One page of the caller's accounts. */
export function listAccounts(incoming: Incoming, session: ApiSession): Answer {
  const parsed = query.safeParse(Object.fromEntries(incoming.query))
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]
    const detail = `Wrong in the query: ${names.join(', ')}.`
    return problem({ status: 400, title: 'Bad Request', errorCode: 'invalid_query', detail }, incoming.path)
  }
  const { limit, paginationToken: start } = parsed.data
  const accounts = accountsOf(session)
  const end = start + limit
  return jsonAnswer(200, {
    data: accounts.slice(start, end),
    nextPaginationToken: end < accounts.length ? `after-${end}` : null,
  })
}

/** Three to six accounts, always the same for the same client, organization and user; the application itself has its own. */
function accountsOf({ token, organizationId }: ApiSession): BankAccount[] {
  const owner = [token.clientId, organizationId, token.email ?? 'application'] as const
  const number = (limit: number, ...of: readonly string[]): number =>
    Number.parseInt(shortHash(...of, ...owner), 16) % limit
  const offset = number(products.length, 'offset')
  return Array.from({ length: 3 + number(4, 'accounts') }, (_, index): BankAccount => {
    const product = products[(offset + index) % products.length] ?? products[0]
    const nth = String(index)
    const cents = 25_000 + number(9_000_000, 'balance', nth)
    const held = number(20_000, 'held', nth)
    return {
      id: `ba_${shortHash('account', nth, ...owner)}`,
      organizationId,
      ...product,
      status: 'open',
      currency: 'USD',
      accountNumber: `••••${String(number(10_000, 'number', nth)).padStart(4, '0')}`,
      routingNumber: '•••••0000',
      balance: { current: dollars(cents), available: dollars(cents - held) },
    }
  })
}

function dollars(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}
