import { widgetTokenApiRoute } from '@tesouro-tokens/next'
import { userOf } from '@/lib/session-of-request'
import { tokens } from '@/lib/tesouro'

export default widgetTokenApiRoute({ tokens, getUser: (request, response) => userOf(request, response) })
