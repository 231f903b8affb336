import { initialWidgetToken } from '@tesouro-tokens/next'
import { cookies } from 'next/headers.js'
import { createElement } from 'react'
import { tokens } from '../../lib/tesouro.js'
import { userOf } from '../../lib/user.js'

const options = { tokens, getUser: async () => userOf(await cookies()), mintLimit: { perMinute: 3 } }

export default async function Page() {
  return createElement('output', null, JSON.stringify(await initialWidgetToken(options)))
}
