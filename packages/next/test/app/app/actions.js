'use server'

import { widgetTokenAction } from '@tesouro-tokens/next'
import { cookies } from 'next/headers.js'
import { markOf } from '../lib/mark.js'
import { tokens } from '../lib/tesouro.js'
import { userOf } from '../lib/user.js'

export const mint = widgetTokenAction({
  tokens,
  getUser: async () => userOf(await cookies()),
  mintLimit: { perMinute: 5 },
  onError: () => {},
})

export async function mark() {
  return { mark: await markOf(userOf(await cookies())) }
}

export async function signOut() {
  const store = await cookies()
  await tokens.forgetUser(userOf(store))
  store.delete('user')
}
