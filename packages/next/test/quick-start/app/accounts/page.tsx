import { redirect } from 'next/navigation'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

export default async function Accounts() {
  const user = await currentUser()
  if (user === null) redirect('/sign-in')
  const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10', {
    cache: 'no-store',
  })
  return <pre>{JSON.stringify(await answer.json(), null, 2)}</pre>
}
