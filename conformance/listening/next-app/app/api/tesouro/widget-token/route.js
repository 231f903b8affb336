import { widgetTokenRoute } from '@tesouro-tokens/next'
import { tokens, userOf } from '../../../../lib/tesouro.js'

export const { POST, OPTIONS } = widgetTokenRoute({ tokens, getUser: userOf })
