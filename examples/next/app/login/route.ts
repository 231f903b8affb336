import { randomUUID } from 'node:crypto'
import { problem } from '@/lib/problem'
import { refusalOfOtherOrigins } from '@/lib/same-origin'
import { getSession } from '@/lib/session'
import { customers } from '@/lib/users'

const longestBody = 1_024

/** Signs a customer in. Your application asks for a password or a passkey here, or sends people to its OIDC provider. */
export async function POST(request: Request): Promise<Response> {
  const refusal = refusalOfOtherOrigins(request)
  if (refusal) return refusal
  // Next itself has no limit: it reads whatever is sent.
  const length = request.headers.get('content-length')
  if (length === null || Number(length) > longestBody)
    return problem(413, 'body_too_large', 'A sign-in is short, and says how long it is.')

  const body: unknown = await request.json().catch(() => undefined)
  const sub = typeof body === 'object' && body !== null && 'sub' in body ? body.sub : undefined
  const customer = customers().find((known) => known.sub === sub)
  if (customer === undefined) return problem(401, 'unknown_customer', 'There is no such customer.')

  const session = await getSession()
  session.id = randomUUID()
  session.user = customer
  await session.save()
  return Response.json(customer, { headers: { 'cache-control': 'no-store' } })
}
