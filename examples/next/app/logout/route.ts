import { feed } from '@tesouro-tokens/example-backstage'
import { after } from 'next/server'
import { refusalOfOtherOrigins } from '@/lib/same-origin'
import { getSession } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

/** Ends the session, then drops the customer's access tokens. */
export async function POST(request: Request): Promise<Response> {
  const refusal = refusalOfOtherOrigins(request)
  if (refusal) return refusal

  const session = await getSession()
  const { id, user } = session
  session.destroy()
  if (user) await tokens.forgetUser(user)
  if (id) after(() => feed.end(id)) // the demo page in other tabs hears of it
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
}
