import { currentUser, endSession } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

export async function POST() {
  const user = await currentUser()
  await endSession()
  if (user !== null) await tokens.forgetUser(user)
  return new Response(null, { status: 204 })
}
