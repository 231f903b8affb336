import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { widgetTokenEndpoint } from '@tesouro-tokens/core'
import { listening } from '../src/adapter/listening.js'
import { describeAdapter } from '../src/adapter.js'

describeAdapter(
  'a fetch endpoint on Node',
  ({ options }) => {
    const endpoint = widgetTokenEndpoint(options)
    return listening(createServer(getRequestListener((request) => endpoint(request))))
  },
  {},
  'all',
)
