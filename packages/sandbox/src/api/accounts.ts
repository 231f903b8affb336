import { type Answer, jsonAnswer } from '../http/answer.js'
import type { Incoming } from '../http/incoming.js'
import { shortHash } from '../short-hash.js'
import type { SandboxAccount } from '../users/declared.js'
import type { Users } from '../users/users.js'
import type { Pages } from './pages.js'
import { invalidQuery } from './query.js'
import type { ApiSession } from './session.js'

export const accountsPath = '/embedded-banking/v1/bank-accounts'

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
  status: 'open' | 'closed'
  currency: 'USD'
  accountNumber: string
  routingNumber: string
  /** Decimal text, in dollars. */
  balance: { current: string; available: string }
}

/** One page of the caller's accounts. */
export function listAccounts(
  incoming: Incoming,
  session: ApiSession,
  { pages, users }: { pages: Pages; users: Users },
): Answer {
  const { token, organizationId } = session
  const declared = token.email === undefined ? undefined : users.declared(token.clientId, token.email)
  const accounts = accountsOf(session, declared?.accounts)
  const list = ['accounts', token.clientId, organizationId, token.email ?? '']
  const page = pages.cut(accounts, incoming.query, list)
  return typeof page === 'string' ? invalidQuery(incoming, page) : jsonAnswer(200, page)
}

/** Those that were declared; else three to six, always the same for the same client, organization and user. */
function accountsOf(session: ApiSession, declared: readonly SandboxAccount[] | undefined): BankAccount[] {
  const { token, organizationId } = session
  const owner = [token.clientId, organizationId, token.email ?? 'application']
  if (declared !== undefined) {
    const own = declared.filter(
      (account) => (account.organizationId ?? session.ownOrganizationId) === organizationId,
    )
    return own.map((account, index) => bankAccount(organizationId, owner, index, account))
  }
  const offset = numberFrom(products.length, 'offset', ...owner)
  return Array.from({ length: 3 + numberFrom(4, 'accounts', ...owner) }, (_, index) => {
    const product = products[(offset + index) % products.length] ?? products[0]
    return bankAccount(organizationId, owner, index, product)
  })
}

function bankAccount(
  organizationId: string,
  owner: readonly string[],
  index: number,
  { name, type = 'checking', status = 'open', balance, available = balance }: SandboxAccount,
): BankAccount {
  const number = (limit: number, of: string): number => numberFrom(limit, of, String(index), ...owner)
  const cents = 25_000 + number(9_000_000, 'balance')
  const held = number(20_000, 'held')
  return {
    id: `ba_${shortHash('account', String(index), ...owner)}`,
    organizationId,
    name,
    type,
    status,
    currency: 'USD',
    accountNumber: `••••${String(number(10_000, 'number')).padStart(4, '0')}`,
    routingNumber: '•••••0000',
    balance: { current: balance ?? dollars(cents), available: available ?? dollars(cents - held) },
  }
}

/** A number below a limit that is always the same for the same texts. */
function numberFrom(limit: number, ...texts: readonly string[]): number {
  return Number.parseInt(shortHash(...texts), 16) % limit
}

function dollars(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}
