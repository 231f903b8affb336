'use server'

import { widgetTokenAction } from '@tesouro-tokens/next'
import { redirect } from 'next/navigation'
import { currentUser, endSession } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

export const widgetToken = widgetTokenAction({ tokens, getUser: () => currentUser() })

export async function signOut() {
  const user = await currentUser()
  await endSession()
  if (user !== null) await tokens.forgetUser(user)
  redirect('/')
}
