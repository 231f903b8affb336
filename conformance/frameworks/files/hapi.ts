import { server as createServer, type Request } from '@hapi/hapi'
import { createWidgetTokenHandler, nodeRequestBody, sendNodeAnswer } from '@tesouro-tokens/core'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const handle = createWidgetTokenHandler<Request>({
  tokens,
  getUser: ({ raw }) => userOf(raw.req.headers.cookie),
})

export const server = createServer({ port: Number(process.env.PORT ?? 3000) })

server.route({
  method: ['POST', 'OPTIONS'],
  path: '/api/tesouro/widget-token',
  options: { payload: { parse: false, output: 'stream' } }, // the endpoint reads the body, and only where it has to
  handler: async (request, h) => {
    const { info, raw } = request
    const answer = await handle({
      method: raw.req.method ?? '',
      host: info.host,
      headers: raw.req.headers,
      body: nodeRequestBody(raw.req, undefined),
      request,
    })
    sendNodeAnswer(answer, raw.req, raw.res)
    return h.abandon // the answer is sent already
  },
})

await server.start()
