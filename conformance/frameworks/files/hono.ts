import { serve } from '@hono/node-server'
import { widgetTokenEndpoint } from '@tesouro-tokens/core'
import { Hono } from 'hono'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const endpoint = widgetTokenEndpoint({ tokens, getUser: ({ headers }) => userOf(headers.get('cookie')) })

export const app = new Hono()
app.all('/api/tesouro/widget-token', (context) => endpoint(context.req.raw))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
