import { widgetTokenRoute } from '@tesouro-tokens/next'
import { options } from '../../../lib/tesouro.js'

export const { POST, OPTIONS } = widgetTokenRoute(options)
