import { cookies } from 'next/headers.js'
import { createElement } from 'react'
import { markOf } from '../lib/mark.js'
import { userOf } from '../lib/user.js'
import { mark, mint, signOut } from './actions.js'
import { Caller } from './caller.js'

export default async function Page() {
  const user = userOf(await cookies())
  return createElement(
    'main',
    null,
    createElement('output', null, user && (await markOf(user))),
    ...Object.entries({ mint, mark, signOut }).map(([name, action]) =>
      createElement(
        'form',
        { key: name, id: name, action },
        createElement('button', { type: 'submit' }, name),
      ),
    ),
    createElement(Caller, { mint }),
  )
}
