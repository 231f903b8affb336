import { createWidgetTokenHandler, nodeRequestBody, sendNodeAnswer } from '@tesouro-tokens/core'
import Fastify, { type FastifyRequest } from 'fastify'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const handle = createWidgetTokenHandler<FastifyRequest>({
  tokens,
  getUser: ({ headers }) => userOf(headers.cookie),
})

export const app = Fastify()

app.route({
  method: ['POST', 'OPTIONS'],
  url: '/api/tesouro/widget-token',
  handler: async (request, reply) => {
    const { method, host, headers, raw } = request
    const answer = await handle({ method, host, headers, body: nodeRequestBody(raw, request.body), request })
    reply.hijack() // the answer is sent as it is: no serializer and no hook adds to it
    sendNodeAnswer(answer, raw, reply.raw)
  },
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
