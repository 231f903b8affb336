import { initialWidgetToken } from '@tesouro-tokens/next'
import { Suspense } from 'react'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'
import { Widget } from './widget'

const options = { tokens, getUser: () => currentUser() }

async function SignedIn() {
  return <Widget initialToken={await initialWidgetToken(options)} />
}

export default function Page() {
  return (
    <Suspense>
      <SignedIn />
    </Suspense>
  )
}
