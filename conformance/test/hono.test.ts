import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { widgetTokenEndpoint } from '@tesouro-tokens/core'
import { Hono } from 'hono'
import { listening } from '../src/adapter/listening.js'
import { describeAdapter } from '../src/adapter.js'

describeAdapter('a fetch endpoint under Hono', ({ options }) => {
  const endpoint = widgetTokenEndpoint(options)
  const app = new Hono().all('/api/tesouro/widget-token', (context) => endpoint(context.req.raw))
  return listening(createServer(getRequestListener(app.fetch)))
})
