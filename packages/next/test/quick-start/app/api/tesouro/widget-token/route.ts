import { widgetTokenRoute } from '@tesouro-tokens/next'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

// { sub, email } of whoever is signed in, or null; the address must be one that you have verified
export const { POST, OPTIONS } = widgetTokenRoute({ tokens, getUser: () => currentUser() })
