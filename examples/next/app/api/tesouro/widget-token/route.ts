import { widgetTokenRoute } from '@tesouro-tokens/next'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

// Who it is for is what your session says, never what the browser says; `email` must be an address that you have
// verified.
export const { POST, OPTIONS } = widgetTokenRoute({ tokens, getUser: () => currentUser() })
