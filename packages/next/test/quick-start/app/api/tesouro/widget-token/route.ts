import { widgetTokenRoute } from '@tesouro-tokens/next'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

// the signed-in user as { sub, email }, or null; the address must be one that you have verified
export const { POST, OPTIONS } = widgetTokenRoute({ tokens, getUser: () => currentUser() })
