import { widgetTokenEndpoint } from '@tesouro-tokens/core'
import { H3, serve } from 'h3'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const endpoint = widgetTokenEndpoint({ tokens, getUser: ({ headers }) => userOf(headers.get('cookie')) })

export const app = new H3()
app.all('/api/tesouro/widget-token', ({ req }) => endpoint(req))

serve(app, { port: Number(process.env.PORT ?? 3000) })
