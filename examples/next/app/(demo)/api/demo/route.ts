import { platform } from '@tesouro-tokens/example-backstage'
import { currentUser } from '@/lib/session'
import { customers } from '@/lib/users'

/** What the demo page shows of the server's inside. */
export async function GET(): Promise<Response> {
  const facts = {
    framework: 'Next.js',
    ...platform,
    customers: customers(),
    user: await currentUser(),
  }
  return Response.json(facts, { headers: { 'cache-control': 'no-store' } })
}
